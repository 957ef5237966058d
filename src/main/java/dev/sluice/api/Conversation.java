package dev.sluice.api;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Drain;
import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.InputChannel;
import dev.sluice.execution.InputItem;
import dev.sluice.http.Reservation;
import dev.sluice.piston.ConnectMessage;
import dev.sluice.piston.EventLines;
import dev.sluice.piston.PistonFailure;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;

/**
 * One client's talk with its program over Piston's WebSocket: first it says what is to
 * run, then it gets the program's events, and may tell it things. Whatever ends the talk
 * ends the program.
 */
final class Conversation implements Drain.Work {

	/** How a talk ends: with these last words, and closed for this reason. */
	private record Ending(Closing why, @Nullable ByteBuffer words) {
	}

	private final WebSocketSession session;

	private final Function<ByteBuffer, Mono<Answer>> executor;

	private final ConnectProperties properties;

	private final InputPump pump;

	private final Mono<Void> left;

	private final Drain drain;

	/** Of each kind a client is told once: it may send any number. */
	private final Set<Class<?>> told = ConcurrentHashMap.newKeySet();

	private final Sinks.One<ByteBuffer> asked = Sinks.one();

	/** What a client is told beside its program's events. */
	private final Sinks.Many<ByteBuffer> notices = Sinks.many().unicast().onBackpressureBuffer();

	private final Sinks.One<Ending> ending = Sinks.one();

	private final Sinks.Empty<Void> over = Sinks.empty();

	private volatile boolean initialized;

	/**
	 * Makes it.
	 * @param session the connection
	 * @param executor runs what a client asks for
	 * @param properties its bounds
	 * @param held takes what waits for the program out of all that may be held
	 * @param left completes when the connection is gone
	 * @param drain ends it before the process ends
	 */
	Conversation(WebSocketSession session, Function<ByteBuffer, Mono<Answer>> executor, ConnectProperties properties,
			Reservation held, Mono<Void> left, Drain drain) {
		this.left = left;
		this.drain = drain;
		this.session = session;
		this.executor = executor;
		this.properties = properties;
		this.pump = new InputPump(properties.maxPendingInput(), held, this::refused, this::broke);
	}

	/**
	 * Holds the talk.
	 * @return completes once the connection is closed, or the client has left
	 */
	Mono<Void> hold() {
		if (!this.drain.tryEnter(this)) {
			end(Closing.SERVICE_RESTART);
		}
		Flux<WebSocketMessage> said = Flux.merge(events(), this.notices.asFlux().map(this::text))
			.takeUntilOther(this.ending.asMono().filter((how) -> how.why() != Closing.JOB_COMPLETED))
			.concatWith(this.ending.asMono().flatMap((how) -> Mono.justOrEmpty(how.words())).map(this::text))
			// Who writes does not cancel what it was to write.
			.takeUntilOther(this.over.asMono());
		Mono<Void> spoken = this.session.send(said)
			.then(this.ending.asMono().flatMap((how) -> this.session.close(closing(how).status())));
		Mono<Void> heard = this.session.receive()
			.filter(Conversation::isMessage)
			.map(Conversation::bytes)
			.concatMap(this::hear, 1)
			.then();
		// While input waits for room nothing is read, and so no close.
		return Mono.firstWithSignal(spoken, heard, this.left).doFinally((signal) -> {
			this.over.tryEmitEmpty();
			this.pump.dispose();
			this.drain.leave(this);
		});
	}

	/** Whose program runs may let it end. */
	@Override
	public void drain() {
		if (!this.initialized) {
			end(Closing.SERVICE_RESTART);
		}
	}

	@Override
	public boolean waits() {
		return false;
	}

	@Override
	public void stop() {
		// Its execution is stopped.
	}

	@Override
	public void tell() {
		// Its execution tells.
	}

	private Closing closing(Ending how) {
		return (how.why() == Closing.JOB_COMPLETED && this.drain.hasBegun()) ? Closing.SERVICE_RESTART : how.why();
	}

	private Flux<WebSocketMessage> events() {
		return this.asked.asMono()
			.timeout(this.properties.initTimeout(), Mono.fromRunnable(() -> end(Closing.INITIALIZATION_TIMEOUT)))
			.flatMap(this.executor)
			.flatMapMany(this::events)
			.doOnComplete(() -> end(Closing.JOB_COMPLETED))
			.onErrorResume(ExecutionFailure.class, (failure) -> Mono.fromRunnable(() -> fail(failure)))
			.doFinally((signal) -> this.notices.emitComplete(patiently()))
			.doOnDiscard(Answer.class, Answer::discard);
	}

	private Flux<WebSocketMessage> events(Answer answer) {
		InputChannel input = answer.input();
		if (input != null) {
			this.pump.open(input);
		}
		Lines lines = new Lines();
		return answer.body()
			.concatMapIterable(lines::add, 1)
			.mapNotNull(this::message)
			.doFinally((signal) -> answer.done());
	}

	/** Piston's messages are written as an adapter's lines are. */
	private @Nullable WebSocketMessage message(byte[] line) {
		return switch (EventLines.type(line)) {
			case "end", "result" -> null;
			case "heartbeat" -> this.session.pingMessage((buffers) -> buffers.wrap(new byte[0]));
			case "error" -> {
				this.ending.tryEmitValue(new Ending(Closing.NOTIFIED_ERROR, ByteBuffer.wrap(line)));
				yield null;
			}
			default -> text(ByteBuffer.wrap(line));
		};
	}

	/** A failure of what is said ends the talk, and nothing more is heard. */
	private Mono<Void> hear(byte[] message) {
		try {
			return hear(ConnectMessage.read(message));
		}
		catch (ExecutionFailure failure) {
			// What it says is of no program that may run already.
			fail(this.initialized ? failure.executed(Executed.UNKNOWN) : failure);
			return Mono.never();
		}
	}

	private Mono<Void> hear(ConnectMessage message) {
		switch (message) {
			case ConnectMessage.Init(ByteBuffer request) when !this.initialized -> {
				this.initialized = true;
				this.asked.tryEmitValue(request);
			}
			case ConnectMessage.Init init -> end(Closing.ALREADY_INITIALIZED);
			case ConnectMessage.Other other -> {
				// As with Piston.
			}
			case ConnectMessage said when !this.initialized -> end(Closing.NOT_YET_INITIALIZED);
			case ConnectMessage.WrongStream wrong -> end(Closing.ONLY_STDIN);
			case ConnectMessage.WrongSignal wrong -> end(Closing.INVALID_SIGNAL);
			case ConnectMessage.Tell(List<InputItem> items) -> {
				return this.pump.add(items);
			}
		}
		return Mono.empty();
	}

	private void refused(InputItem item) {
		if (!this.told.add(item.getClass())) {
			return;
		}
		String what = switch (item) {
			case InputItem.Signal signal -> "signals do not reach a program there";
			case InputItem.EndOfFile end -> "standard input can't be ended there";
			case InputItem.Text text -> "standard input can't be written there";
		};
		ExecutionFailure failure = ExecutionFailure.refused(FailureCode.INVALID_REQUEST,
				"The program runs in a Piston behind the adapter, and " + what);
		this.notices.emitNext(event(failure), patiently());
	}

	/** Another may be telling something at this very moment. */
	private static Sinks.EmitFailureHandler patiently() {
		return Sinks.EmitFailureHandler.busyLooping(Duration.ofMillis(100));
	}

	private void broke(ExecutionFailure failure) {
		fail(failure);
	}

	private void fail(ExecutionFailure failure) {
		Closing why = (failure.code() == FailureCode.DRAINING) ? Closing.SERVICE_RESTART : Closing.NOTIFIED_ERROR;
		this.ending.tryEmitValue(new Ending(why, event(failure)));
	}

	private void end(Closing why) {
		this.ending.tryEmitValue(new Ending(why, null));
	}

	private WebSocketMessage text(ByteBuffer json) {
		return new WebSocketMessage(WebSocketMessage.Type.TEXT, this.session.bufferFactory().wrap(json));
	}

	private static ByteBuffer event(ExecutionFailure failure) {
		return ByteBuffer.wrap(PistonFailure.writeMessage(failure));
	}

	/** A pong may come unasked, and says nothing. */
	private static boolean isMessage(WebSocketMessage message) {
		return switch (message.getType()) {
			case TEXT, BINARY -> true;
			case PING, PONG -> false;
		};
	}

	/** Piston, too, takes binary messages as text. */
	private static byte[] bytes(WebSocketMessage message) {
		DataBuffer payload = message.getPayload();
		byte[] bytes = new byte[payload.readableByteCount()];
		payload.read(bytes);
		return bytes;
	}

}
