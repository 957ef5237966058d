package dev.sluice.api;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Execution;
import dev.sluice.execution.Executor;
import dev.sluice.execution.Ids;
import dev.sluice.execution.RuntimeSource;
import dev.sluice.http.Bodies;
import dev.sluice.http.HeldBytes;
import dev.sluice.http.HttpProperties;
import dev.sluice.http.Replies;
import dev.sluice.http.Reservation;
import dev.sluice.piston.PistonOutline;
import dev.sluice.piston.PistonRuntimes;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Piston's v2 API over HTTP.
 */
public final class PistonApi {

	private static final byte[] GREETING = "{\"message\":\"Sluice, a gateway that speaks Piston v2\"}"
		.getBytes(StandardCharsets.UTF_8);

	private final Executor executor;

	private final RuntimeSource runtimes;

	private final HttpProperties bounds;

	private final HeldBytes held;

	private final TermsReader terms;

	private final RequestCheck check;

	/**
	 * Makes the API.
	 * @param executor runs what is asked for
	 * @param runtimes knows what can be asked for
	 * @param bounds how large a request may be, and how long it may take
	 * @param held what may be held of all requests
	 * @param deadline how long an execution may take
	 * @param limits the most that a request may ask for
	 */
	PistonApi(Executor executor, RuntimeSource runtimes, HttpProperties bounds, HeldBytes held,
			DeadlineProperties deadline, LimitsProperties limits) {
		this.executor = executor;
		this.runtimes = runtimes;
		this.bounds = bounds;
		this.held = held;
		this.terms = new TermsReader(deadline);
		this.check = new RequestCheck(runtimes, limits);
	}

	/**
	 * What it serves. A failure is left to the server's exception handler.
	 * @return its routes
	 */
	public RouterFunction<ServerResponse> routes() {
		return RouterFunctions.route()
			.GET("/", (request) -> Replies.json(GREETING))
			.path("/api/v2",
					(routes) -> routes.GET("/runtimes", this::runtimes)
						.POST("/execute", this::execute)
						.route(RequestPredicates.all(), Replies::notFound)
						.before(Replies::requireJson))
			.route(RequestPredicates.all(), Replies::notFound)
			.build();
	}

	private Mono<ServerResponse> execute(ServerRequest request) {
		Reservation held = this.held.reservation();
		return body(request, held).flatMap((body) -> execution(request, body))
			.flatMap(this.executor::execute)
			// From here on it can't be sent again.
			.doOnTerminate(held::release)
			.doOnCancel(held::release)
			.flatMap(Replies::answer)
			.doOnDiscard(Answer.class, Answer::discard);
	}

	private Mono<Execution> execution(ServerRequest request, ByteBuffer body) {
		return Bodies.process(body, PistonOutline::read)
			.flatMap((asked) -> this.check.check(asked)
				.map((limits) -> new Execution(Ids.next(), asked.language(), asked.version(), body,
						this.terms.read(request, asked, limits))));
	}

	private Mono<ByteBuffer> body(ServerRequest request, Reservation held) {
		return Replies.isJson(request) ? Bodies.read(request, this.bounds, held) : Mono.just(ByteBuffer.allocate(0));
	}

	private Mono<ServerResponse> runtimes(ServerRequest request) {
		return this.runtimes.runtimes().map(PistonRuntimes::write).flatMap(Replies::json);
	}

}
