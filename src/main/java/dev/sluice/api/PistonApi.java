package dev.sluice.api;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Delivery;
import dev.sluice.execution.Execution;
import dev.sluice.execution.Executor;
import dev.sluice.execution.Ids;
import dev.sluice.execution.RuntimeSource;
import dev.sluice.execution.Terms;
import dev.sluice.http.Bodies;
import dev.sluice.http.HttpProperties;
import dev.sluice.http.Replies;
import dev.sluice.piston.PistonRequest;
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

	private final TermsReader terms;

	private final ConnectApi connect;

	/**
	 * Makes the API.
	 * @param executor runs what is asked for
	 * @param runtimes knows what can be asked for
	 * @param bounds how large a request may be, and how long it may take
	 * @param deadline how long an execution may take
	 * @param connect the bounds of a WebSocket
	 */
	PistonApi(Executor executor, RuntimeSource runtimes, HttpProperties bounds, DeadlineProperties deadline,
			ConnectProperties connect) {
		this.executor = executor;
		this.runtimes = runtimes;
		this.bounds = bounds;
		this.terms = new TermsReader(deadline);
		this.connect = new ConnectApi(connect);
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
						.GET("/connect", ConnectApi::isHandshake, this::connect)
						.route(RequestPredicates.all(), Replies::notFound)
						.before(Replies::requireJson))
			.route(RequestPredicates.all(), Replies::notFound)
			.build();
	}

	private Mono<ServerResponse> execute(ServerRequest request) {
		Optional<EventFormat> events = EventFormat.of(request);
		Delivery delivery = events.isPresent() ? Delivery.EVENTS : Delivery.VERDICT;
		return body(request).flatMap((body) -> execute(request, body, delivery))
			.flatMap((answer) -> events.map((format) -> format.reply(answer)).orElseGet(() -> Replies.answer(answer)))
			.doOnDiscard(Answer.class, Answer::discard);
	}

	private Mono<ServerResponse> connect(ServerRequest request) {
		return this.connect.connect((message) -> execute(request, message, Delivery.DIALOGUE));
	}

	private Mono<Answer> execute(ServerRequest request, ByteBuffer body, Delivery delivery) {
		return Bodies.process(body, (bytes) -> execution(request, bytes, delivery)).flatMap(this.executor::execute);
	}

	private Mono<ByteBuffer> body(ServerRequest request) {
		return Replies.isJson(request) ? Bodies.read(request, this.bounds) : Mono.just(ByteBuffer.allocate(0));
	}

	private Mono<ServerResponse> runtimes(ServerRequest request) {
		return this.runtimes.runtimes().map(PistonRuntimes::write).flatMap(Replies::json);
	}

	private Execution execution(ServerRequest request, ByteBuffer body, Delivery delivery) {
		PistonRequest asked = PistonRequest.read(body);
		Terms terms = this.terms.read(request, asked).deliveredAs(delivery);
		return new Execution(Ids.next(), asked.language(), asked.version(), body, terms);
	}

}
