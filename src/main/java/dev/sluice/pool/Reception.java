package dev.sluice.pool;

import java.util.List;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Delivery;
import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.http.Bodies;
import dev.sluice.http.HeldBytes;
import dev.sluice.http.Reservation;
import dev.sluice.piston.EventLines;
import dev.sluice.piston.PistonAnswer;
import dev.sluice.piston.PistonEvents;
import dev.sluice.pool.AuthorizedCalls.Sent;
import dev.sluice.pool.Call.Reply;
import dev.sluice.pool.Lease.End;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/**
 * What becomes of a pool's answers: a verdict or events, whose end gives the session
 * back, or a failure.
 */
final class Reception {

	private static final String NO_VERDICT = "answered 200 with JSON that is no verdict: its sandbox failed, or it is no "
			+ "Piston";

	private static final MediaType EVENTS = MediaType.parseMediaType(PistonEvents.MEDIA_TYPE);

	private static final byte[] NOT_READ = {};

	private final PoolProperties properties;

	private final Wire wire;

	private final PoolBreaker breaker;

	private final PoolBreak breaks;

	private final HeldBytes held;

	/**
	 * Makes it.
	 * @param properties how much is held back
	 * @param wire carries what programs are told
	 * @param breaker hears of answers that break
	 * @param breaks explains how
	 * @param held how much may be held in all
	 */
	Reception(PoolProperties properties, Wire wire, PoolBreaker breaker, PoolBreak breaks, HeldBytes held) {
		this.properties = properties;
		this.wire = wire;
		this.breaker = breaker;
		this.breaks = breaks;
		this.held = held;
	}

	/**
	 * Takes an answer.
	 * @param execution what it is to
	 * @param sent the answer's head
	 * @param lease the hold on the session, which the answer ends
	 * @return the answer; an {@link ExecutionFailure}, behind which the lease goes on
	 */
	Mono<Answer> answer(Execution execution, Sent sent, Lease lease) {
		Reply response = sent.reply();
		boolean trusted = this.wire.look(response, lease.incarnation());
		if (response.status() != 200) {
			return this.wire.failure(sent, lease.identifier());
		}
		if (!isDelimited(response.headers())) {
			return refused(response, "answered 200 without a length, so that a part of it would look like all of it: "
					+ "check what stands between the pool and its container");
		}
		boolean json = isJson(response);
		if (trusted && !json && is(response, EVENTS)) {
			return HeldBack.of(response.body(), 0, this.held.reservation())
				.map((begun) -> lease.keep(events(execution, begun, lease, response.headers())));
		}
		if (!json) {
			return refused(response,
					"answered 200 with something that is not JSON: check that the endpoint and the path are those of a "
							+ "Piston or of Sluice's adapter");
		}
		Delivery delivery = execution.terms().delivery();
		if (delivery == Delivery.DIALOGUE) {
			return response.release().then(Mono.error(this::noDialogue));
		}
		return HeldBack.of(response.body(), this.properties.holdBack().toBytes(), this.held.reservation())
			.flatMap((held) -> (trusted && delivery == Delivery.VERDICT)
					? Mono.just(answer(held, NOT_READ, true, lease, delivery)) : read(held, trusted, lease, delivery));
	}

	private Mono<Answer> read(HeldBack held, boolean trusted, Lease lease, Delivery delivery) {
		// Its buffers may be let go of while it is read elsewhere.
		byte[] bytes = held.isWhole() ? held.bytes() : NOT_READ;
		return Bodies.process(held.size(), () -> answer(held, bytes, trusted, lease, delivery))
			.doOnError((error) -> held.discard())
			.doOnCancel(held::discard);
	}

	private Mono<Answer> refused(Reply response, String what) {
		return response.release().then(Mono.error(() -> noVerdict(what)));
	}

	private Answer answer(HeldBack held, byte[] bytes, boolean trusted, Lease lease, Delivery delivery) {
		if (!held.isWhole()) {
			Flux<DataBuffer> body = streaming(held, trusted, lease);
			return lease.keep(Answer.streaming((delivery == Delivery.EVENTS) ? PistonEvents.result(body) : body,
					() -> leave(held, lease)));
		}
		if (held.buffers().isEmpty() || !trusted && !PistonAnswer.isVerdict(bytes)) {
			throw noVerdict(NO_VERDICT);
		}
		lease.end(End.WELL);
		return lease.keep((delivery == Delivery.EVENTS) ? told(held, bytes)
				: Answer.whole(held::join, held::discard, held::written));
	}

	/** A Piston tells all at the end. */
	private Answer told(HeldBack held, byte[] bytes) {
		List<byte[]> lines = PistonEvents.of(bytes);
		held.discard();
		Reservation room = this.held.reservation();
		room.tryGrow(lines.stream().mapToLong((line) -> line.length).sum());
		return Answer.streaming(Flux.fromIterable(lines).map(DefaultDataBufferFactory.sharedInstance::wrap), () -> {
		}).onEnd(room::release);
	}

	private ExecutionFailure noDialogue() {
		return ExecutionFailure.broken(FailureCode.UNSUPPORTED, Executed.YES, "Pool '" + this.properties.name()
				+ "' has no adapter of Sluice's in its sessions, so its programs can't be talked to");
	}

	/** What broke ends the lease badly, and so do lines whose last one is an error. */
	private Answer events(Execution execution, HeldBack begun, Lease lease, HttpHeaders head) {
		Flux<DataBuffer> lines = EventLines
			.checked(begun.body(), this::cut, () -> lease.end(End.WELL),
					(failure) -> execution.timeline().fail(failure.code()))
			.doOnComplete(() -> lease.end(End.BADLY));
		Flux<DataBuffer> body = guarded(lines, lease);
		Runnable leave = () -> leave(begun, lease);
		return switch (execution.terms().delivery()) {
			case VERDICT, EVENTS -> Answer.streaming(body, leave);
			case DIALOGUE -> Answer.dialogue(body, leave,
					new SessionInput((from, items) -> this.wire.tell(lease.identifier(), execution.id(), from, items)
						.onErrorMap(this.breaks::explain), head));
		};
	}

	/** What nobody vouches for is looked at as it passes. */
	private Flux<DataBuffer> streaming(HeldBack held, boolean trusted, Lease lease) {
		Flux<DataBuffer> body = trusted ? held.body() : PistonAnswer.checked(held.body(), () -> noVerdict(NO_VERDICT));
		return guarded(body.doOnComplete(() -> lease.end(End.WELL)), lease);
	}

	/** What is not read of what was held, {@link HeldBack} releases, and nobody else. */
	private Flux<DataBuffer> guarded(Flux<DataBuffer> body, Lease lease) {
		return body.onErrorMap(this.breaks::explain).doOnError((error) -> {
			this.breaker.failed(error);
			lease.end(End.BADLY);
		}).doOnCancel(() -> lease.end(End.CANCELLED));
	}

	private static void leave(HeldBack held, Lease lease) {
		held.discard();
		lease.end(End.CANCELLED);
	}

	private ExecutionFailure cut() {
		return ExecutionFailure.broken(FailureCode.POOL_BROKE, Executed.YES,
				"Pool '" + this.properties.name() + "' ended its answer before the execution's end was told");
	}

	private ExecutionFailure noVerdict(String what) {
		return ExecutionFailure.broken(FailureCode.POOL_ANSWER_INVALID, Executed.UNKNOWN,
				"Pool '" + this.properties.name() + "' " + what);
	}

	/** Whether a body that is cut could be told from a whole one. */
	private static boolean isDelimited(HttpHeaders headers) {
		return headers.containsHeader(HttpHeaders.CONTENT_LENGTH)
				|| String.valueOf(headers.getFirst(HttpHeaders.TRANSFER_ENCODING)).contains("chunked");
	}

	/** What most answers say is not taken apart first. */
	private static boolean isJson(Reply response) {
		return MediaType.APPLICATION_JSON_VALUE.equals(response.headers().getFirst(HttpHeaders.CONTENT_TYPE))
				|| is(response, MediaType.APPLICATION_JSON);
	}

	private static boolean is(Reply response, MediaType type) {
		MediaType told = response.headers().getContentType();
		return told != null && type.isCompatibleWith(told);
	}

}
