package dev.sluice.api;

import java.nio.ByteBuffer;
import java.util.function.Function;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Client;
import dev.sluice.execution.Delivery;
import dev.sluice.execution.Drain;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import dev.sluice.execution.Gate;
import dev.sluice.execution.Pass;
import dev.sluice.execution.Quota;
import dev.sluice.execution.RequestBody;
import dev.sluice.http.Bodies;
import dev.sluice.http.HeldBytes;
import dev.sluice.http.RateLimitFields;
import dev.sluice.http.Reservation;
import dev.sluice.piston.PistonOutline;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * Takes executions in, however they come: asks who wants them and whether he may, reads
 * and checks them, and has them run.
 */
final class Intake {

	private final Gate gate;

	private final Drain drain;

	private final Executor executor;

	private final HeldBytes held;

	private final TermsReader terms;

	private final RequestCheck check;

	/**
	 * Makes the intake.
	 * @param gate decides who may come in
	 * @param drain waits for executions before the process ends, and lets none in from
	 * then on
	 * @param executor runs what is asked for
	 * @param held what may be held of all requests
	 * @param terms reads under which terms an execution is to run
	 * @param check looks whether it can
	 */
	Intake(Gate gate, Drain drain, Executor executor, HeldBytes held, TermsReader terms, RequestCheck check) {
		this.gate = gate;
		this.drain = drain;
		this.executor = executor;
		this.held = held;
		this.terms = terms;
		this.check = check;
	}

	/**
	 * Who asks. Nothing is counted yet.
	 * @param request the request
	 * @return the client; an {@link ExecutionFailure} where that can't be told
	 */
	Mono<Client> identify(ServerRequest request) {
		return this.gate.identify(CredentialsReader.read(request));
	}

	/**
	 * Takes an execution in, and runs it.
	 * @param request the request, or the handshake before it
	 * @param watch watches it
	 * @param client who asks for it
	 * @param source reads its body, and counts what is held of it
	 * @return the answer, which is to be read or discarded; an {@link ExecutionFailure}
	 * where there is none
	 */
	Mono<Answer> execute(ServerRequest request, Watch watch, Client client,
			Function<Reservation, Mono<ByteBuffer>> source) {
		watch.isFor(client.name());
		return Running.of(this.drain, () -> admit(request, watch, client), watch.id(), watch.timeline(),
				admitted(request, watch, client, source));
	}

	private Pass admit(ServerRequest request, Watch watch, Client client) {
		try {
			Pass pass = this.gate.admit(client);
			tell(request, watch, pass.quota());
			return pass;
		}
		catch (ExecutionFailure refused) {
			tell(request, watch, this.gate.quota(client));
			throw refused;
		}
	}

	/** The head of a WebSocket has left long ago. */
	private static void tell(ServerRequest request, Watch watch, @Nullable Quota quota) {
		if (quota != null && watch.delivery() != Delivery.DIALOGUE) {
			RateLimitFields.on(request.exchange().getResponse().getHeaders(), quota);
		}
	}

	private Mono<Answer> admitted(ServerRequest request, Watch watch, Client client,
			Function<Reservation, Mono<ByteBuffer>> source) {
		return Mono.defer(() -> {
			Reservation room = this.held.reservation();
			RequestBody bytes = new RequestBody();
			Runnable letGo = () -> {
				bytes.letGo();
				room.release();
			};
			return Mono.defer(() -> source.apply(room))
				.map(bytes::take)
				.flatMap((body) -> execution(request, watch, client, body))
				.flatMap(this.executor::execute)
				// From here on it can't be sent again.
				.doOnTerminate(letGo)
				.doOnCancel(letGo);
		});
	}

	private Mono<Execution> execution(ServerRequest request, Watch watch, Client client, RequestBody body) {
		return Bodies.process(body.size(), () -> PistonOutline.read(body.bytes())).flatMap((asked) -> {
			watch.asks(asked.language(), body.size());
			return this.check.check(asked)
				.map((limits) -> new Execution(watch.id(), asked.language(), asked.version(), body,
						this.terms.read(request, asked, limits, client).deliveredAs(watch.delivery()), watch.timeline(),
						watch.trace()));
		});
	}

}
