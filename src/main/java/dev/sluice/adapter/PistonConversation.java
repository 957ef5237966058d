package dev.sluice.adapter;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Stage;
import dev.sluice.execution.Stream;
import dev.sluice.http.Bodies;
import dev.sluice.execution.InputItem;
import dev.sluice.piston.PistonEvents;
import dev.sluice.piston.PistonRequest;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.WebsocketClientSpec;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An interactive run over a Piston's own WebSocket. That can't close standard input,
 * ignores signals, loses what comes before the run stage, sets no bound on output, and
 * goes on where its client leaves: the first two are refused here, the next two mended,
 * and the last one can't be.
 */
final class PistonConversation implements Feed {

	private static final JsonMapper JSON = new JsonMapper();

	private static final byte[] INIT = ",\"type\":\"init\"}".getBytes(StandardCharsets.UTF_8);

	private static final int JOB_COMPLETED = 4999;

	private static final Duration CLOSES_WITHIN = Duration.ofSeconds(1);

	private final HttpClient http;

	private final URI address;

	private final AdapterProperties properties;

	private final Execution execution;

	private final Transcript transcript;

	private final Runnable ended;

	private final Sinks.Empty<Void> runs = Sinks.empty();

	private final Sinks.Many<String> texts = Sinks.many().unicast().onBackpressureBuffer();

	private final AtomicLong waiting = new AtomicLong();

	private volatile Runnable room = () -> {
	};

	private long written;

	private @Nullable String complaint;

	/**
	 * Makes a conversation that has not begun.
	 * @param http opens the WebSocket
	 * @param address where the Piston takes WebSockets
	 * @param properties the settings
	 * @param execution what to run
	 * @param transcript takes what Piston tells
	 * @param ended run when it is certain that the program ended, or never began
	 */
	PistonConversation(HttpClient http, URI address, AdapterProperties properties, Execution execution,
			Transcript transcript, Runnable ended) {
		this.http = http;
		this.address = address;
		this.properties = properties;
		this.execution = execution;
		this.transcript = transcript;
		this.ended = ended;
	}

	/**
	 * The run. A cancel closes the WebSocket.
	 * @return its ending; an error of the HTTP client or an {@link ExecutionFailure}
	 * where Piston did not say that the program ended
	 */
	Mono<Ending> run() {
		int most = (int) Math.min(this.properties.maxAnswer().toBytes(), Integer.MAX_VALUE);
		return Bodies.process(this.execution.body(), PistonRequest::read)
			.flatMapMany(
					(request) -> this.http.websocket(WebsocketClientSpec.builder().maxFramePayloadLength(most).build())
						.uri(this.address)
						.handle((in, out) -> talk(in, out, most)))
			.then(Mono.just(Ending.CLOSED));
	}

	@Override
	public void check(InputItem item) {
		switch (item) {
			case InputItem.Text _ -> {
			}
			case InputItem.EndOfFile _ -> throw ExecutionFailure.refused(FailureCode.UNSUPPORTED,
					"A Piston runs this program, and can't close its standard input");
			case InputItem.Signal _ -> throw ExecutionFailure.refused(FailureCode.UNSUPPORTED,
					"A Piston runs this program, and does not send signals");
		}
	}

	/** Of one thread at a time; where the conversation is over nobody takes it. */
	@Override
	public boolean give(InputItem item) {
		if (item instanceof InputItem.Text data) {
			long most = this.properties.input().toBytes();
			long before = this.waiting.get();
			if (before > 0 && before + data.text().length() > most) {
				return false;
			}
			this.waiting.addAndGet(data.text().length());
			this.texts.tryEmitNext(data.text());
		}
		return true;
	}

	@Override
	public void onRoom(Runnable listener) {
		this.room = listener;
	}

	/** Who listens to the end ends it all. */
	private Mono<Void> talk(WebsocketInbound in, WebsocketOutbound out, int most) {
		Mono<Void> said = out.sendObject(Mono.fromSupplier(() -> init(this.execution.body()))).then();
		Mono<Void> fed = this.texts.asFlux().concatMap((text) -> send(out, text), 1).then(Mono.never());
		Mono<Void> heard = in.aggregateFrames(most).receive().asString().concatMap(this::hear, 1).then(closed(in));
		return Mono.firstWithSignal(heard, said.then(this.runs.asMono()).then(fed));
	}

	/** Where a name comes twice, a Piston takes what comes last. */
	private static TextWebSocketFrame init(ByteBuffer body) {
		int brace = body.limit() - 1;
		while (body.get(brace) != '}') {
			brace--;
		}
		return new TextWebSocketFrame(Unpooled.wrappedBuffer(body.limit(brace), ByteBuffer.wrap(INIT)));
	}

	private Mono<Void> send(WebsocketOutbound out, String text) {
		String message = JSON.writeValueAsString(Map.of("type", "data", "stream", "stdin", "data", text));
		return out.sendString(Mono.just(message)).then().doOnSuccess((nothing) -> {
			this.waiting.addAndGet(-text.length());
			this.room.run();
		});
	}

	/**
	 * On a thread that may block, since the transcript may; it is not interrupted, which
	 * would close the transcript's file.
	 */
	private Mono<Void> hear(String message) {
		return Mono.create((sink) -> {
			Disposable _ = Schedulers.boundedElastic().schedule(() -> {
				try {
					take(message);
					sink.success();
				}
				catch (RuntimeException ex) {
					sink.error((ex instanceof JacksonException) ? broken("told something that is no JSON") : ex);
				}
			});
		});
	}

	private void take(String message) {
		JsonNode tree = JSON.readTree(message);
		switch (tree.path("type").asString("")) {
			case "runtime" -> this.transcript
				.line(PistonEvents.runtime(tree.path("language").asString(""), tree.path("version").asString("")));
			case "stage" -> begin(stage(tree));
			case "data" -> write(tree);
			case "exit" -> {
				JsonNode code = tree.path("code");
				JsonNode signal = tree.path("signal");
				this.transcript.exited(stage(tree), code.isInt() ? code.intValue() : null,
						signal.isString() ? signal.stringValue() : null);
			}
			case "error" -> this.complaint = tree.path("message").asString("Piston did not say why");
			default -> {
				// Something that a later Piston may tell.
			}
		}
	}

	private void begin(Stage stage) {
		this.transcript.began(stage);
		if (stage == Stage.RUN) {
			this.runs.tryEmitEmpty();
		}
	}

	private void write(JsonNode tree) {
		String text = tree.path("data").asString("");
		this.written += text.length();
		if (this.written > this.properties.maxAnswer().toBytes()) {
			throw ExecutionFailure.broken(FailureCode.ENGINE_UNAVAILABLE, Executed.YES, "The program wrote more than "
					+ this.properties.maxAnswer() + ": sluice.adapter.max-answer bounds that before a Piston");
		}
		if (!text.isEmpty()) {
			this.transcript.wrote(tree.path("stream").asString("").equals("stderr") ? Stream.STDERR : Stream.STDOUT,
					text);
		}
	}

	private static Stage stage(JsonNode tree) {
		return tree.path("stage").asString("").equals("compile") ? Stage.COMPILE : Stage.RUN;
	}

	private Mono<Void> closed(WebsocketInbound in) {
		return in.receiveCloseStatus()
			.timeout(CLOSES_WITHIN, Mono.empty())
			.defaultIfEmpty(WebSocketCloseStatus.ABNORMAL_CLOSURE)
			.flatMap(this::closed);
	}

	private Mono<Void> closed(WebSocketCloseStatus status) {
		if (status.code() == JOB_COMPLETED) {
			this.ended.run();
			return Mono.empty();
		}
		if (this.complaint == null) {
			return Mono.error(broken("closed its WebSocket (" + status.code() + ") before the program ended"));
		}
		return Mono.error(
				(this.transcript.written() == 0) ? ExecutionFailure.refused(FailureCode.INVALID_REQUEST, this.complaint)
						: broken("gave up: " + this.complaint));
	}

	private static ExecutionFailure broken(String what) {
		return ExecutionFailure.broken(FailureCode.ENGINE_UNAVAILABLE, Executed.UNKNOWN, "Piston " + what);
	}

}
