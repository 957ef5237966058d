package dev.sluice.api;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Client;
import dev.sluice.execution.Delivery;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Gate;
import dev.sluice.execution.Ids;
import dev.sluice.execution.Pass;
import dev.sluice.execution.Quota;
import dev.sluice.execution.RequestBody;
import dev.sluice.execution.RuntimeSource;
import dev.sluice.execution.Timeline;
import dev.sluice.http.Bodies;
import dev.sluice.http.HeldBytes;
import dev.sluice.http.HttpProperties;
import dev.sluice.http.RateLimitFields;
import dev.sluice.http.Replies;
import dev.sluice.http.Reservation;
import dev.sluice.piston.PistonOutline;
import dev.sluice.piston.PistonRuntimes;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpMethod;
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

	/** What an execution is called, how it is to be told, and to whom. */
	private record Named(String id, Timeline timeline, Delivery delivery, Client client) {
	}

	private final Gate gate;

	private final Executor executor;

	private final RuntimeSource runtimes;

	private final HttpProperties bounds;

	private final HeldBytes held;

	private final TermsReader terms;

	private final RequestCheck check;

	private final ConnectApi connect;

	/**
	 * Makes the API.
	 * @param gate decides who may come in
	 * @param executor runs what is asked for
	 * @param runtimes knows what can be asked for
	 * @param bounds how large a request may be, and how long it may take
	 * @param held what may be held of all requests
	 * @param deadline how long an execution may take
	 * @param limits the most that a request may ask for
	 * @param connect serves those who talk to their programs
	 */
	PistonApi(Gate gate, Executor executor, RuntimeSource runtimes, HttpProperties bounds, HeldBytes held,
			DeadlineProperties deadline, LimitsProperties limits, ConnectApi connect) {
		this.gate = gate;
		this.executor = executor;
		this.runtimes = runtimes;
		this.bounds = bounds;
		this.held = held;
		this.terms = new TermsReader(deadline);
		this.check = new RequestCheck(runtimes, limits);
		this.connect = connect;
	}

	/**
	 * What it serves. A failure is left to the server's exception handler.
	 * @return its routes
	 */
	public RouterFunction<ServerResponse> routes() {
		return RouterFunctions.route()
			.route(PistonPath.read("/"), (request) -> Replies.json(GREETING))
			.nest(PistonPath::isInApi, this::api)
			.route(RequestPredicates.all(), this::unrouted)
			.build();
	}

	private void api(RouterFunctions.Builder routes) {
		routes.route(PistonPath.read(RUNTIMES), this::runtimes)
			.route(PistonPath.with(HttpMethod.OPTIONS, RUNTIMES), (request) -> Replies.options("GET,HEAD"))
			.route(PistonPath.with(HttpMethod.POST, EXECUTE), this::execute)
			.route(PistonPath.with(HttpMethod.OPTIONS, EXECUTE), (request) -> Replies.options("POST"))
			.route(PistonPath.with(HttpMethod.GET, CONNECT).and(ConnectApi::isHandshake), this::connect)
			.route(PistonPath.read(PACKAGES), this::packages)
			.route(PistonPath.with(HttpMethod.OPTIONS, PACKAGES), (request) -> Replies.options("GET,HEAD,POST,DELETE"))
			.route(PistonPath.with(HttpMethod.POST, PACKAGES).or(PistonPath.with(HttpMethod.DELETE, PACKAGES)),
					this::changePackages)
			.route(RequestPredicates.all(), this::unrouted)
			.before(Replies::requireJson);
	}

	private Mono<ServerResponse> execute(ServerRequest request) {
		Optional<EventFormat> events = EventFormat.of(request);
		Delivery delivery = events.isPresent() ? Delivery.EVENTS : Delivery.VERDICT;
		String id = Ids.next();
		Timeline timeline = new Timeline();
		Stamp.on(request.exchange().getResponse(), id, timeline);
		return client(request).flatMap(
				(client) -> execute(request, new Named(id, timeline, delivery, client), (room) -> body(request, room)))
			.flatMap((answer) -> events.map((format) -> format.reply(answer)).orElseGet(() -> Replies.answer(answer)))
			.doOnDiscard(Answer.class, Answer::discard);
	}

	private Mono<ServerResponse> connect(ServerRequest request) {
		return client(request).flatMap((client) -> this.connect.connect(request, (message) -> execute(request,
				new Named(Ids.next(), new Timeline(), Delivery.DIALOGUE, client), (room) -> {
					room.grow(message.remaining());
					return Mono.just(message);
				})));
	}

	private Mono<Client> client(ServerRequest request) {
		return this.gate.identify(CredentialsReader.read(request));
	}

	private Mono<Answer> execute(ServerRequest request, Named named, Function<Reservation, Mono<ByteBuffer>> source) {
		return Mono.defer(() -> {
			Pass pass = admit(request, named);
			return admitted(request, named, source).map((answer) -> answer.onEnd(pass::giveBack))
				.doOnError((error) -> pass.giveBack())
				.doOnCancel(pass::giveBack);
		});
	}

	private Pass admit(ServerRequest request, Named named) {
		try {
			Pass pass = this.gate.admit(named.client());
			tell(request, named, pass.quota());
			return pass;
		}
		catch (ExecutionFailure refused) {
			tell(request, named, this.gate.quota(named.client()));
			throw refused;
		}
	}

	/** The head of a WebSocket has left long ago. */
	private static void tell(ServerRequest request, Named named, @Nullable Quota quota) {
		if (quota != null && named.delivery() != Delivery.DIALOGUE) {
			RateLimitFields.on(request.exchange().getResponse().getHeaders(), quota);
		}
	}

	private Mono<Answer> admitted(ServerRequest request, Named named, Function<Reservation, Mono<ByteBuffer>> source) {
		return Mono.defer(() -> {
			Reservation room = this.held.reservation();
			RequestBody bytes = new RequestBody();
			Runnable letGo = () -> {
				bytes.letGo();
				room.release();
			};
			return Mono.defer(() -> source.apply(room))
				.map(bytes::take)
				.flatMap((body) -> execution(request, named, body))
				.flatMap(this.executor::execute)
				// From here on it can't be sent again.
				.doOnTerminate(letGo)
				.doOnCancel(letGo);
		});
	}

	private Mono<Execution> execution(ServerRequest request, Named named, RequestBody body) {
		return Bodies.process(body.size(), () -> PistonOutline.read(body.bytes()))
			.flatMap((asked) -> this.check.check(asked)
				.map((limits) -> new Execution(named.id(), asked.language(), asked.version(), body,
						this.terms.read(request, asked, limits, named.client()).deliveredAs(named.delivery()),
						named.timeline())));
	}

	private Mono<ByteBuffer> body(ServerRequest request, Reservation room) {
		return Replies.isJson(request) ? Bodies.read(request, this.bounds, room) : Mono.just(ByteBuffer.allocate(0));
	}

	/** A Piston reads a body before it looks for a route. */
	private Mono<ServerResponse> unrouted(ServerRequest request) {
		return readable(request).then(Replies.notFound(request));
	}

	private Mono<ServerResponse> changePackages(ServerRequest request) {
		return client(request).flatMap((client) -> readable(request))
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
		return client(request).flatMap((client) -> this.runtimes.runtimes())
			.map(PistonRuntimes::writePackages)
			.flatMap(Replies::json);
	}

	private Mono<ServerResponse> runtimes(ServerRequest request) {
		return client(request).flatMap((client) -> this.runtimes.runtimes())
			.map(PistonRuntimes::write)
			.flatMap(Replies::json);
	}

}
