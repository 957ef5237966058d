package dev.sluice.api;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Client;
import dev.sluice.execution.Delivery;
import dev.sluice.execution.Drain;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Gate;
import dev.sluice.execution.Observer;
import dev.sluice.execution.RuntimeSource;
import dev.sluice.http.Bodies;
import dev.sluice.http.HeldBytes;
import dev.sluice.http.HttpProperties;
import dev.sluice.http.Replies;
import dev.sluice.http.Reservation;
import dev.sluice.piston.PistonOutline;
import dev.sluice.piston.PistonRuntimes;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
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

	private static final String RUNTIMES = "/api/v2/runtimes";

	private static final String EXECUTE = "/api/v2/execute";

	private static final String CONNECT = "/api/v2/connect";

	private static final String PACKAGES = "/api/v2/packages";

	private final Intake intake;

	private final Drain drain;

	private final RuntimeSource runtimes;

	private final HttpProperties bounds;

	private final HeldBytes held;

	private final ConnectApi connect;

	private final Observer observer;

	private final String description;

	/**
	 * Makes the API.
	 * @param gate decides who may come in
	 * @param drain waits for executions before the process ends, and lets none in from
	 * then on
	 * @param executor runs what is asked for
	 * @param runtimes knows what can be asked for
	 * @param bounds how large a request may be, and how long it may take
	 * @param held what may be held of all requests
	 * @param deadline how long an execution may take
	 * @param limits the most that a request may ask for
	 * @param connect serves those who talk to their programs
	 * @param observer is told of each execution
	 */
	PistonApi(Gate gate, Drain drain, Executor executor, RuntimeSource runtimes, HttpProperties bounds, HeldBytes held,
			DeadlineProperties deadline, LimitsProperties limits, ConnectApi connect, Observer observer) {
		this.drain = drain;
		this.runtimes = runtimes;
		this.bounds = bounds;
		this.held = held;
		this.intake = new Intake(gate, drain, executor, held, new TermsReader(deadline),
				new RequestCheck(runtimes, limits));
		this.connect = connect;
		this.description = "limits     " + limits.description() + "; " + deadline.description();
		this.observer = observer;
	}

	/**
	 * How long programs may take, for a start-up block.
	 * @return a heading and words
	 */
	public String description() {
		return this.description;
	}

	/**
	 * What it serves. A failure is left to the server's exception handler.
	 * @return its routes
	 */
	public RouterFunction<ServerResponse> routes() {
		return RouterFunctions.route()
			.route(PistonPath.read("/"), (request) -> Replies.json(GREETING))
			// Whose wrong content type is an execution's failure.
			.route(PistonPath.with(HttpMethod.POST, EXECUTE), this::serve)
			.nest(PistonPath::isInApi, this::api)
			.route(RequestPredicates.all(), this::unrouted)
			.build();
	}

	/**
	 * Whether a request asks for an execution.
	 * @param request the request
	 * @return whether {@link #serve} is to serve it
	 */
	public boolean isExecution(ServerHttpRequest request) {
		return PistonPath.is(request, HttpMethod.POST, EXECUTE);
	}

	private void api(RouterFunctions.Builder routes) {
		routes.route(PistonPath.read(RUNTIMES), this::runtimes)
			.route(PistonPath.with(HttpMethod.OPTIONS, RUNTIMES), (request) -> Replies.options("GET,HEAD"))
			.route(PistonPath.with(HttpMethod.OPTIONS, EXECUTE), (request) -> Replies.options("POST"))
			.route(PistonPath.with(HttpMethod.GET, CONNECT).and(ConnectApi::isHandshake), this::connect)
			.route(PistonPath.read(PACKAGES), this::packages)
			.route(PistonPath.with(HttpMethod.OPTIONS, PACKAGES), (request) -> Replies.options("GET,HEAD,POST,DELETE"))
			.route(PistonPath.with(HttpMethod.POST, PACKAGES).or(PistonPath.with(HttpMethod.DELETE, PACKAGES)),
					this::changePackages)
			.route(RequestPredicates.all(), this::unrouted)
			.before(Replies::requireJson);
	}

	/**
	 * Serves who asks for an execution.
	 * @param request the request
	 * @return the response; an {@link ExecutionFailure} where there is no answer
	 */
	public Mono<ServerResponse> serve(ServerRequest request) {
		Optional<EventFormat> events = EventFormat.of(request);
		Watch watch = watch(request, events.isPresent() ? Delivery.EVENTS : Delivery.VERDICT);
		ServerHttpResponse response = request.exchange().getResponse();
		Stamp.name(response, watch.id());
		return watch
			.over(() -> this.intake.identify(Replies.requireJson(request))
				.flatMap((client) -> this.intake.execute(request, watch, client, (room) -> body(request, room))))
			.doOnError((error) -> Stamp.time(response, watch.timeline()))
			.flatMap((answer) -> {
				Stamp.time(response, watch.timeline());
				if (this.drain.hasBegun()) {
					Replies.last(request);
				}
				return events.map((format) -> format.reply(answer)).orElseGet(() -> Replies.answer(answer));
			})
			.doOnDiscard(Answer.class, Answer::discard);
	}

	private Mono<ServerResponse> connect(ServerRequest request) {
		return talker(request).flatMap((client) -> this.connect.connect(request, (message) -> {
			Watch watch = watch(request, Delivery.DIALOGUE);
			return watch.over(() -> this.intake.execute(request, watch, client, (room) -> {
				room.grow(message.remaining());
				return Mono.just(message);
			}));
		})).doOnError((error) -> watch(request, Delivery.DIALOGUE).refused(error));
	}

	private Mono<Client> talker(ServerRequest request) {
		return this.drain.hasBegun() ? Mono.error(Drain.refusal()) : this.intake.identify(request);
	}

	private Watch watch(ServerRequest request, Delivery delivery) {
		return Watch.on(this.observer, TraceReader.read(request), delivery);
	}

	private Mono<ByteBuffer> body(ServerRequest request, Reservation room) {
		return Replies.isJson(request) ? Bodies.read(request, this.bounds, room) : Mono.just(ByteBuffer.allocate(0));
	}

	/** A Piston reads a body before it looks for a route. */
	private Mono<ServerResponse> unrouted(ServerRequest request) {
		return readable(request).then(Replies.notFound(request));
	}

	private Mono<ServerResponse> changePackages(ServerRequest request) {
		return this.intake.identify(request)
			.flatMap((client) -> readable(request))
			.then(Mono.error(ExecutionFailure.refused(FailureCode.UNSUPPORTED,
					"Packages can't be installed or removed here: programs run in the image of a session pool, which does "
							+ "not change. Put the language into the image")));
	}

	private Mono<Void> readable(ServerRequest request) {
		if (!Replies.mayHaveBody(request)) {
			return Mono.empty();
		}
		Reservation room = this.held.reservation();
		return body(request, room).flatMap((body) -> Bodies.process(body, PistonOutline::requireJson))
			.doFinally((signal) -> room.release())
			.then();
	}

	private Mono<ServerResponse> packages(ServerRequest request) {
		return this.intake.identify(request)
			.flatMap((client) -> this.runtimes.runtimes())
			.map(PistonRuntimes::writePackages)
			.flatMap(Replies::json);
	}

	private Mono<ServerResponse> runtimes(ServerRequest request) {
		return this.intake.identify(request)
			.flatMap((client) -> this.runtimes.runtimes())
			.map(PistonRuntimes::write)
			.flatMap(Replies::json);
	}

}
