package dev.sluice.adapter;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Deadline;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Ids;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.Terms;
import dev.sluice.http.Bodies;
import dev.sluice.http.HostRule;
import dev.sluice.http.HttpProperties;
import dev.sluice.http.Pieces;
import dev.sluice.http.Replies;
import dev.sluice.http.StartRefusedException;
import dev.sluice.piston.AdapterHeaders;
import dev.sluice.piston.InputBatch;
import dev.sluice.piston.PistonEvents;
import dev.sluice.piston.PistonRuntimes;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * The adapter's HTTP side. Whatever path a pool sends an execution to, it is the same
 * execution; each answer bears the adapter's own header.
 */
public final class Adapter {

	/** The header by which an execution is known again when it comes once more. */
	public static final String EXECUTION_ID = AdapterHeaders.EXECUTION;

	/** How long who reads events may hear nothing. */
	private static final Duration HEARTBEAT = Duration.ofSeconds(10);

	private static final MediaType LINES = MediaType.parseMediaType(PistonEvents.MEDIA_TYPE);

	private static final Duration KNOWN_WITHIN = Duration.ofSeconds(5);

	/** What the ingress before an adapter waits for an answer, as known. */
	private static final Duration LONGEST = Duration.ofMinutes(4);

	/** What it knows of executions ends with it, and so does this word. */
	private final String incarnation = Ids.next();

	private final Workshop workshop;

	private final Deduplication deduplication;

	private final HttpProperties bounds;

	private final HttpProperties inputBounds;

	Adapter(Workshop workshop, AdapterProperties properties, HttpProperties bounds) {
		this(workshop, properties, bounds, HEARTBEAT);
	}

	Adapter(Workshop workshop, AdapterProperties properties, HttpProperties bounds, Duration heartbeat) {
		this.workshop = workshop;
		this.deduplication = new Deduplication(workshop, properties, heartbeat, Schedulers.parallel());
		this.bounds = bounds;
		this.inputBounds = new HttpProperties(bounds.hosts(), properties.maxInput(), bounds.bodyTimeout(),
				bounds.maxHeld());
	}

	/**
	 * What runs the programs, for a start-up block. Blocks until it is known.
	 * @return a heading and what there is to say of it, a line each
	 */
	public List<String> description() {
		List<String> lines = new ArrayList<>(this.workshop.description());
		String languages = this.workshop.runtimes()
			.map(Adapter::list)
			.onErrorResume(ExecutionFailure.class, (failure) -> Mono.just("unknown: " + failure.message()))
			.timeout(KNOWN_WITHIN, Mono.just("unknown: they were not told in time"))
			.blockOptional()
			.orElse("");
		lines.add("languages  " + languages);
		return lines;
	}

	/**
	 * Refuses to be reached from other machines where programs are not kept apart from
	 * this one.
	 * @param address the address that it is to be bound to; null means all
	 * @throws StartRefusedException where it may not be
	 */
	public void refuseStrangers(@Nullable InetAddress address) {
		if (!HostRule.isLoopback(address) && !this.workshop.isSandboxed()) {
			throw new StartRefusedException(
					"Programs are not kept apart from this machine, so only loopback may reach them: "
							+ String.join("; ", this.workshop.description()).replaceAll(" +", " "),
					"Install bubblewrap, or set server.address to 127.0.0.1; where a container is the boundary, and holds "
							+ "nothing but this, set sluice.engine.sandbox to container.");
		}
	}

	/**
	 * What it serves.
	 * @return its routes
	 */
	public RouterFunction<ServerResponse> routes() {
		return RouterFunctions.route()
			.POST(AdapterHeaders.EXECUTIONS + "{id}" + AdapterHeaders.CANCEL, this::cancel)
			.add(jsonRoutes())
			.before(this::stamped)
			.build();
	}

	private RouterFunction<ServerResponse> jsonRoutes() {
		return RouterFunctions.route()
			.GET("/health", (request) -> Replies.json("{\"status\":\"UP\"}".getBytes(StandardCharsets.UTF_8)))
			.GET("/api/v2/runtimes", this::runtimes)
			.POST(AdapterHeaders.EXECUTIONS + "{id}" + AdapterHeaders.INPUT, this::input)
			.POST("/**/execute", this::execute)
			.route(RequestPredicates.all(), Replies::notFound)
			.before(Replies::requireJson)
			.build();
	}

	private Mono<ServerResponse> execute(ServerRequest request) {
		String id = request.headers().firstHeader(AdapterHeaders.EXECUTION);
		Form form = Form.of(request);
		if (id == null && form == Form.INTERACTIVE) {
			throw ExecutionFailure.refused(FailureCode.INVALID_REQUEST,
					"An interactive execution needs an id, in the header " + AdapterHeaders.EXECUTION);
		}
		String name = (id != null) ? Deduplication.checked(id) : Ids.next();
		Terms terms = terms(request);
		return Bodies.read(request, this.bounds)
			.map((body) -> new Execution(name, "", "", body, terms))
			.flatMap((execution) -> execute(request, execution, form))
			.transform((answer) -> Unread.discarded(answer, (made) -> reply(made, form, request)));
	}

	private Mono<ServerResponse> reply(Answer answer, Form form, ServerRequest request) {
		return switch (form) {
			case ANSWER -> Replies.answer(answer);
			case EVENTS, INTERACTIVE -> {
				tellCapabilities(request);
				yield Pieces.reply(answer, LINES);
			}
		};
	}

	private Mono<ServerResponse> input(ServerRequest request) {
		String id = Deduplication.checked(request.pathVariable("id"));
		return Bodies.read(request, this.inputBounds)
			.flatMap((body) -> Bodies.process(body, InputBatch::read))
			.flatMap((batch) -> this.deduplication.input(id, batch))
			.flatMap((next) -> Replies.json(("{\"next\":" + next + "}").getBytes(StandardCharsets.UTF_8)));
	}

	private Mono<Answer> execute(ServerRequest request, Execution execution, Form form) {
		if (request.headers().firstHeader(AdapterHeaders.EXECUTION) == null) {
			return this.deduplication.executeUnnamed(execution, form);
		}
		return isOfAnother(request) ? this.deduplication.again(execution, form)
				: this.deduplication.execute(execution, form);
	}

	/** Whether an earlier life of this session's container may have run it. */
	private boolean isOfAnother(ServerRequest request) {
		String sentTo = request.headers().firstHeader(AdapterHeaders.REPEAT);
		return sentTo != null && !sentTo.equals(this.incarnation);
	}

	private Mono<ServerResponse> cancel(ServerRequest request) {
		return this.deduplication.cancel(Deduplication.checked(request.pathVariable("id")))
			.then(Mono.defer(() -> Replies.json("{\"ended\":true}".getBytes(StandardCharsets.UTF_8))));
	}

	private Mono<ServerResponse> runtimes(ServerRequest request) {
		return this.workshop.runtimes()
			.map(PistonRuntimes::write)
			.doOnNext((list) -> tellCapabilities(request))
			.flatMap(Replies::json);
	}

	private void tellCapabilities(ServerRequest request) {
		request.exchange()
			.getResponse()
			.getHeaders()
			.set(AdapterHeaders.CAPABILITIES, String.join(",", this.workshop.capabilities()));
	}

	private static String list(List<LanguageRuntime> runtimes) {
		return runtimes.stream()
			.map((runtime) -> runtime.language() + " " + runtime.version())
			.collect(Collectors.joining(", "));
	}

	private ServerRequest stamped(ServerRequest request) {
		HttpHeaders headers = request.exchange().getResponse().getHeaders();
		headers.set(AdapterHeaders.ADAPTER, AdapterHeaders.AGREEMENT);
		headers.set(AdapterHeaders.INCARNATION, this.incarnation);
		String execution = request.headers().firstHeader(AdapterHeaders.EXECUTION);
		if (execution != null) {
			headers.set(AdapterHeaders.EXECUTION, execution);
		}
		return request;
	}

	private static Terms terms(ServerRequest request) {
		String left = request.headers().firstHeader(AdapterHeaders.TIME_LEFT);
		Duration time = (left != null && left.matches("\\d{1,9}")) ? Duration.ofMillis(Long.parseLong(left)) : LONGEST;
		boolean repeatable = request.headers().firstHeader(AdapterHeaders.REPEATABLE) != null;
		return new Terms(Deadline.in(time), repeatable, null, null);
	}

}
