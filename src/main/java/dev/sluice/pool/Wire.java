package dev.sluice.pool;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import com.azure.core.credential.AccessToken;
import dev.sluice.execution.Executed;
import dev.sluice.execution.InputItem;
import dev.sluice.execution.Terms;
import dev.sluice.piston.PistonEvents;
import dev.sluice.piston.InputBatch;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Ids;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.http.Bodies;
import dev.sluice.piston.AdapterHeaders;
import dev.sluice.piston.PistonRuntimes;
import dev.sluice.pool.Call.Reply;
import dev.sluice.pool.Sighting.From;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.util.unit.DataSize;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * The requests that a pool takes: any path with an identifier goes to the same path of
 * the session's container (Azure Container Apps' documentation of custom container
 * session pools). A Piston takes the same ones, without identifier and token.
 */
final class Wire {

	/** How much of an error's body is read. */
	private static final DataSize ERRORS = DataSize.ofKilobytes(64);

	private static final DataSize RUNTIMES = DataSize.ofMegabytes(1);

	private static final Duration MANAGED_WITHIN = Duration.ofSeconds(5);

	/** What a probe's program gets. */
	private static final Duration PROBED_FOR = Duration.ofSeconds(15);

	/** Azure's word, with a 400, on a session that is not there. */
	private static final String NO_SUCH_SESSION = "SessionWithIdentifierNotFound";

	/** Of how many sessions the address is remembered. */
	private static final int REMEMBERED = 1000;

	private static final String IDENTIFIER = "identifier";

	private static final String BEARER = "Bearer ";

	private static final String TRACE_PARENT = "traceparent";

	private static final String TRACE_STATE = "tracestate";

	/** A container that knows no events answers with a verdict. */
	private static final String EVENTS = PistonEvents.MEDIA_TYPE + ", " + MediaType.APPLICATION_JSON_VALUE;

	private final PoolProperties properties;

	/** Where executions go, but for the identifier. */
	private final String execute;

	/** Where they go without one. */
	private final URI unnamed;

	/** Where they go, by the identifier; as many as were used lately. */
	private final Map<String, URI> named = new ConcurrentHashMap<>();

	private final ClientHttpConnector http;

	private final ClientHttpConnector management;

	private final ClientHttpConnector input;

	private final TokenSource tokens;

	private volatile boolean adapterSeen;

	/**
	 * Makes the wire.
	 * @param properties the pool's address and what it wants to be told
	 * @param http carries executions
	 * @param management carries what is done to sessions
	 * @param input carries what programs are told
	 * @param tokens for those who stand behind no execution
	 */
	Wire(PoolProperties properties, ClientHttpConnector http, ClientHttpConnector management, ClientHttpConnector input,
			TokenSource tokens) {
		this.properties = properties;
		this.http = http;
		this.management = management;
		this.input = input;
		this.tokens = tokens;
		this.unnamed = path(properties.executePath(), null, properties.sentApiVersion());
		this.execute = this.unnamed.toString();
	}

	/** Whether an adapter of ours has ever answered. */
	boolean isAdapterSeen() {
		return this.adapterSeen;
	}

	/**
	 * Sends an execution.
	 * @param execution the execution
	 * @param lease the hold on its session
	 * @param repeat whether the session may have it already
	 * @param leaving run before each time that it leaves
	 * @return the head of the answer
	 */
	Mono<Sent> execute(Execution execution, Lease lease, boolean repeat, Runnable leaving) {
		return send(this.http, (token) -> {
			leaving.run();
			return request(execution, lease, repeat, token);
		});
	}

	private Call request(Execution execution, Lease lease, boolean repeat, AccessToken token) {
		Terms terms = execution.terms();
		Call request = request(HttpMethod.POST, execution(lease.identifier()), token)
			.header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE)
			.header(AdapterHeaders.EXECUTION, execution.id())
			.header(AdapterHeaders.TIME_LEFT, Long.toString(terms.deadline().left().toMillis()))
			.header(TRACE_PARENT, execution.trace().traceparent())
			.body(execution::body);
		String traceState = execution.trace().state();
		if (traceState != null) {
			request.header(TRACE_STATE, traceState);
		}
		if (terms.repeatable()) {
			request.header(AdapterHeaders.REPEATABLE, "true");
		}
		String sentTo = lease.sentTo();
		if (repeat && sentTo != null) {
			request.header(AdapterHeaders.REPEAT, sentTo);
		}
		switch (terms.delivery()) {
			case VERDICT -> {
				// It is what comes where nothing else is asked for.
			}
			case EVENTS -> request.header(HttpHeaders.ACCEPT, EVENTS);
			case DIALOGUE -> request.header(HttpHeaders.ACCEPT, EVENTS).header(AdapterHeaders.INTERACTIVE, "true");
		}
		return request;
	}

	/**
	 * Tells a running program something.
	 * @param identifier the identifier of its session
	 * @param execution its execution's id
	 * @param from the number of the first item
	 * @param items the items
	 * @return the number of the item that is expected next; nothing where the program has
	 * ended; an {@link ExecutionFailure} where it can't be told
	 */
	Mono<Long> tell(@Nullable String identifier, String execution, long from, List<InputItem> items) {
		String path = AdapterHeaders.EXECUTIONS + execution + AdapterHeaders.INPUT;
		URI uri = path(path, identifier, this.properties.sentApiVersion());
		return send(this.input,
				(token) -> request(HttpMethod.POST, uri, token)
					.header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE)
					.body(() -> ByteBuffer.wrap(new InputBatch(from, items).write())))
			.flatMap((sent) -> told(sent, identifier))
			.timeout(MANAGED_WITHIN);
	}

	/**
	 * Asks a session for its runtimes, which allocates it where there is none.
	 * @param identifier the session's identifier; null sends none
	 * @param incarnation takes note of the adapter that answers
	 * @return the runtimes; an {@link ExecutionFailure} where there are none to be had
	 */
	Mono<List<LanguageRuntime>> runtimes(@Nullable String identifier, Incarnation incarnation) {
		URI uri = path(this.properties.runtimesPath(), identifier, this.properties.sentApiVersion());
		return send(this.http, (token) -> request(HttpMethod.GET, uri, token))
			.doOnNext((sent) -> look(sent.reply(), incarnation))
			.flatMap((sent) -> runtimes(sent, identifier));
	}

	/**
	 * Ends an execution.
	 * @param identifier the identifier of its session
	 * @param execution its id
	 * @return whether the adapter says that nothing of it runs any more
	 */
	Mono<Boolean> cancel(String identifier, String execution) {
		if (!this.adapterSeen) {
			return Mono.just(false);
		}
		String path = AdapterHeaders.EXECUTIONS + execution + AdapterHeaders.CANCEL;
		return manage(path(path, identifier, this.properties.sentApiVersion()))
			.map((answer) -> answer.fromAdapter() && answer.status() == 200);
	}

	/**
	 * Stops a session, and all that runs in it.
	 * @param identifier the session's identifier
	 * @return completes when it is gone; an error where that is not known
	 */
	Mono<Void> stop(String identifier) {
		return manage(path("/.management/stopSession", identifier, this.properties.managementApiVersion()))
			.flatMap((answer) -> answer.isSuccess() || answer.body().contains(NO_SUCH_SESSION) ? Mono.<Void>empty()
					: Mono.<Void>error(new IllegalStateException("it answered " + answer.status())));
	}

	/**
	 * What an answer that is no 200 says.
	 * @param sent the answer, whose body is read
	 * @param identifier the identifier that was sent, which the pool may repeat
	 * @return never a value, but the failure
	 */
	<T> Mono<T> failure(Sent sent, @Nullable String identifier) {
		return read(sent.reply(), ERRORS)
			.flatMap((body) -> Mono.error(said(sent.reply(), body, identifier, sent.token()).failure()));
	}

	/** Nothing of it but what its head says is of interest any more. */
	private static Mono<Sent> withoutBody(Sent sent) {
		return sent.reply().release().then(Mono.fromSupplier(() -> new Sent(sent.reply().withoutBody(), sent.token())));
	}

	/**
	 * Sends a request; with a token that is truly another once more where one is refused.
	 */
	private Mono<Sent> send(ClientHttpConnector over, Function<AccessToken, Call> request) {
		return this.tokens.get()
			.flatMap((token) -> once(over, request, token))
			.flatMap((sent) -> (sent.reply().status() == 401) ? again(over, request, sent) : Mono.just(sent));
	}

	private Mono<Sent> again(ClientHttpConnector over, Function<AccessToken, Call> request, Sent refused) {
		this.tokens.reject(refused.token());
		return withoutBody(refused).flatMap((answer) -> this.tokens.get()
			.filter((other) -> !other.getToken().equals(refused.token().getToken()))
			.flatMap((other) -> once(over, request, other))
			.defaultIfEmpty(answer));
	}

	private static Mono<Sent> once(ClientHttpConnector over, Function<AccessToken, Call> request, AccessToken token) {
		return request.apply(token).over(over, (reply) -> new Sent(reply, token));
	}

	/**
	 * Sends a request that differs from an execution only as its form says, to see what
	 * becomes of it.
	 * @param probe its form
	 * @return what was seen; the error of the HTTP client where there is no answer
	 */
	Mono<Sighting> probe(Probe probe) {
		return this.tokens.get().flatMap((token) -> {
			AccessToken sent = probe.badToken() ? new AccessToken("not-a-token", token.getExpiresAt()) : token;
			String identifier = probe.identifier() ? RandomIdentifier.next() : null;
			URI uri = path(probe.path(), identifier, probe.apiVersion() ? apiVersion() : "");
			Call request = request(HttpMethod.valueOf(probe.method()), uri, sent);
			if (!probe.body().isEmpty()) {
				request.header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE)
					.header(AdapterHeaders.EXECUTION, Ids.next())
					.header(AdapterHeaders.TIME_LEFT, Long.toString(PROBED_FOR.toMillis()))
					.body(() -> ByteBuffer.wrap(probe.body().getBytes(StandardCharsets.UTF_8)));
			}
			Mono<Sighting> seen = request.over(this.http)
				.flatMap((response) -> read(response, RUNTIMES)
					.map((body) -> sighting(response, body, identifier, sent)));
			return (identifier != null)
					? Mono.usingWhen(Mono.just(identifier), (named) -> seen, (named) -> stop(named).onErrorComplete())
					: seen;
		});
	}

	/** Where none is configured, it is the usual one that is tried. */
	private String apiVersion() {
		String configured = this.properties.apiVersion();
		return configured.isEmpty() ? PoolProperties.USUAL_API_VERSION : configured;
	}

	private Sighting sighting(Reply response, byte[] body, @Nullable String identifier, AccessToken token) {
		PoolAnswer answer = said(response, body, identifier, token);
		boolean adapter = answer.headers().containsHeader(AdapterHeaders.ADAPTER);
		return new Sighting(answer.status(), adapter ? From.ADAPTER : From.SOMEBODY, answer.body(), answer.judged());
	}

	private PoolAnswer said(Reply response, byte[] body, @Nullable String identifier, AccessToken token) {
		return new PoolAnswer(this.properties.name(), response.from(), response.status(), response.headers(),
				withoutSecrets(new String(body, StandardCharsets.UTF_8), identifier, token),
				this.properties.kind() == PoolProperties.Kind.PISTON);
	}

	private Mono<Managed> manage(URI uri) {
		return send(this.management, (token) -> request(HttpMethod.POST, uri, token)).map(Sent::reply)
			.flatMap((response) -> read(response, ERRORS)
				.map((body) -> new Managed(response.status(), response.headers().containsHeader(AdapterHeaders.ADAPTER),
						new String(body, StandardCharsets.UTF_8))))
			.timeout(MANAGED_WITHIN);
	}

	/**
	 * What came of a request.
	 *
	 * @param reply the answer
	 * @param token what was sent with it
	 */
	record Sent(Reply reply, AccessToken token) {
	}

	/** What came of a management call. */
	private record Managed(int status, boolean fromAdapter, String body) {

		boolean isSuccess() {
			return this.status >= 200 && this.status < 300;
		}

	}

	private Mono<Long> told(Sent sent, @Nullable String identifier) {
		int status = sent.reply().status();
		boolean fromAdapter = sent.reply().headers().containsHeader(AdapterHeaders.ADAPTER);
		if (fromAdapter && status == 404) {
			return sent.reply().release().then(Mono.empty());
		}
		if (status != 200) {
			return failure(sent, identifier);
		}
		return read(sent.reply(), ERRORS).flatMap((body) -> Mono.justOrEmpty(InputBatch.next(body)))
			.switchIfEmpty(Mono.error(() -> ExecutionFailure.broken(FailureCode.POOL_ANSWER_INVALID, Executed.YES,
					"Pool '" + this.properties.name() + "' did not say what of the input has arrived")));
	}

	private Mono<List<LanguageRuntime>> runtimes(Sent sent, @Nullable String identifier) {
		if (sent.reply().status() != 200) {
			return failure(sent, identifier);
		}
		return read(sent.reply(), RUNTIMES).flatMap((body) -> Mono.justOrEmpty(PistonRuntimes.read(body)))
			.switchIfEmpty(Mono
				.error(() -> ExecutionFailure.refused(FailureCode.POOL_ANSWER_INVALID, "Pool '" + this.properties.name()
						+ "' answered " + this.properties.runtimesPath() + " with no list of runtimes")));
	}

	/**
	 * Takes note of who answers.
	 * @param response the head of the answer
	 * @param incarnation takes note of the adapter, where it is one
	 * @return whether it is one
	 */
	boolean look(Reply response, Incarnation incarnation) {
		HttpHeaders headers = response.headers();
		boolean adapter = headers.containsHeader(AdapterHeaders.ADAPTER);
		if (adapter) {
			incarnation.saw(headers.getFirst(AdapterHeaders.INCARNATION));
			if (!this.adapterSeen) {
				this.adapterSeen = true;
			}
		}
		return adapter;
	}

	private Call request(HttpMethod method, URI uri, AccessToken token) {
		Call request = Call.to(method, uri).header(HttpHeaders.ACCEPT, MediaType.APPLICATION_JSON_VALUE);
		return token.getToken().isEmpty() ? request
				: request.header(HttpHeaders.AUTHORIZATION, BEARER + token.getToken());
	}

	/** A session is sent to time and again, and an address takes long to be made. */
	private URI execution(@Nullable String identifier) {
		if (identifier == null) {
			return this.unnamed;
		}
		URI known = this.named.get(identifier);
		if (known != null) {
			return known;
		}
		if (this.named.size() >= REMEMBERED) {
			this.named.clear();
		}
		URI made = named(identifier);
		this.named.put(identifier, made);
		return made;
	}

	/** An identifier has digits and letters alone, so nothing in it has to be encoded. */
	private URI named(String identifier) {
		return URI.create(this.execute + ((this.execute.indexOf('?') < 0) ? '?' : '&') + IDENTIFIER + '=' + identifier);
	}

	private URI path(String path, @Nullable String identifier, String apiVersion) {
		UriComponentsBuilder uri = UriComponentsBuilder.fromUri(this.properties.endpoint()).path(path);
		if (!apiVersion.isEmpty()) {
			uri.queryParam("api-version", apiVersion);
		}
		if (identifier != null) {
			uri.queryParam(IDENTIFIER, identifier);
		}
		return uri.build().encode().toUri();
	}

	/**
	 * Some servers tell what they were asked, and what a pool says goes on to the client.
	 */
	private static String withoutSecrets(String text, @Nullable String identifier, AccessToken token) {
		String open = token.getToken().isEmpty() ? text : text.replace(token.getToken(), "…");
		return (identifier != null) ? open.replace(identifier, "…") : open;
	}

	private static Mono<byte[]> read(Reply response, DataSize most) {
		return Bodies.join(DataBufferUtils.takeUntilByteCount(response.body(), most.toBytes()), most);
	}

}
