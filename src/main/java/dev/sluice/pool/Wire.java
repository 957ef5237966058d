package dev.sluice.pool;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import dev.sluice.execution.Executed;
import dev.sluice.execution.InputItem;
import dev.sluice.execution.Terms;
import dev.sluice.piston.PistonEvents;
import dev.sluice.piston.InputBatch;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.piston.AdapterHeaders;
import dev.sluice.piston.PistonRuntimes;
import dev.sluice.pool.AuthorizedCalls.Sent;
import dev.sluice.pool.Call.Reply;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.util.unit.DataSize;

/**
 * The requests that a pool takes.
 */
final class Wire {

	/** How much of an error's body is read. */
	private static final DataSize ERRORS = DataSize.ofKilobytes(64);

	private static final DataSize RUNTIMES = DataSize.ofMegabytes(1);

	private static final Duration MANAGED_WITHIN = Duration.ofSeconds(5);

	/** Azure's word, with a 400, on a session that is not there. */
	private static final String NO_SUCH_SESSION = "SessionWithIdentifierNotFound";

	private static final String TRACE_PARENT = "traceparent";

	private static final String TRACE_STATE = "tracestate";

	/** A container that knows no events answers with a verdict. */
	private static final String EVENTS = PistonEvents.MEDIA_TYPE + ", " + MediaType.APPLICATION_JSON_VALUE;

	private final PoolProperties properties;

	private final ClientHttpConnector http;

	private final ClientHttpConnector management;

	private final ClientHttpConnector input;

	private final Addresses addresses;

	private final AuthorizedCalls calls;

	private volatile boolean adapterSeen;

	/**
	 * Makes the wire.
	 * @param properties what the pool wants to be told
	 * @param addresses where its requests go
	 * @param http carries executions
	 * @param management carries what is done to sessions
	 * @param input carries what programs are told
	 * @param tokens what goes with each of them
	 */
	Wire(PoolProperties properties, Addresses addresses, ClientHttpConnector http, ClientHttpConnector management,
			ClientHttpConnector input, TokenSource tokens) {
		this.properties = properties;
		this.http = http;
		this.management = management;
		this.input = input;
		this.addresses = addresses;
		this.calls = new AuthorizedCalls(tokens);
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
		return this.calls.send(this.http, () -> {
			leaving.run();
			return call(execution, lease, repeat);
		});
	}

	private Call call(Execution execution, Lease lease, boolean repeat) {
		Terms terms = execution.terms();
		Call call = Call.to(HttpMethod.POST, this.addresses.execution(lease.identifier()))
			.header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE)
			.header(AdapterHeaders.EXECUTION, execution.id())
			.header(AdapterHeaders.TIME_LEFT, Long.toString(terms.deadline().left().toMillis()))
			.header(TRACE_PARENT, execution.trace().traceparent())
			.body(execution::body);
		String traceState = execution.trace().state();
		if (traceState != null) {
			call.header(TRACE_STATE, traceState);
		}
		if (terms.repeatable()) {
			call.header(AdapterHeaders.REPEATABLE, "true");
		}
		String sentTo = lease.sentTo();
		if (repeat && sentTo != null) {
			call.header(AdapterHeaders.REPEAT, sentTo);
		}
		switch (terms.delivery()) {
			case VERDICT -> {
				// It is what comes where nothing else is asked for.
			}
			case EVENTS -> call.header(HttpHeaders.ACCEPT, EVENTS);
			case DIALOGUE -> call.header(HttpHeaders.ACCEPT, EVENTS).header(AdapterHeaders.INTERACTIVE, "true");
		}
		return call;
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
		URI uri = this.addresses.container(AdapterHeaders.EXECUTIONS + execution + AdapterHeaders.INPUT, identifier);
		return this.calls
			.send(this.input,
					() -> Call.to(HttpMethod.POST, uri)
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
		URI uri = this.addresses.container(this.properties.runtimesPath(), identifier);
		return this.calls.send(this.http, () -> Call.to(HttpMethod.GET, uri))
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
		return manage(this.addresses.container(path, identifier))
			.map((answer) -> answer.fromAdapter() && answer.status() == 200);
	}

	/**
	 * Stops a session, and all that runs in it.
	 * @param identifier the session's identifier
	 * @return completes when it is gone; an error where that is not known
	 */
	Mono<Void> stop(String identifier) {
		return manage(this.addresses.management("/.management/stopSession", identifier))
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
		return sent.reply()
			.read(ERRORS)
			.flatMap((body) -> Mono.error(PoolAnswer.of(this.properties, sent, body, identifier).failure()));
	}

	private Mono<Managed> manage(URI uri) {
		return this.calls.send(this.management, () -> Call.to(HttpMethod.POST, uri))
			.map(Sent::reply)
			.flatMap((reply) -> reply.read(ERRORS)
				.map((body) -> new Managed(reply.status(), reply.headers().containsHeader(AdapterHeaders.ADAPTER),
						new String(body, StandardCharsets.UTF_8))))
			.timeout(MANAGED_WITHIN);
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
		return sent.reply()
			.read(ERRORS)
			.flatMap((body) -> Mono.justOrEmpty(InputBatch.next(body)))
			.switchIfEmpty(Mono.error(() -> ExecutionFailure.broken(FailureCode.POOL_ANSWER_INVALID, Executed.YES,
					"Pool '" + this.properties.name() + "' did not say what of the input has arrived")));
	}

	private Mono<List<LanguageRuntime>> runtimes(Sent sent, @Nullable String identifier) {
		if (sent.reply().status() != 200) {
			return failure(sent, identifier);
		}
		return sent.reply()
			.read(RUNTIMES)
			.flatMap((body) -> Mono.justOrEmpty(PistonRuntimes.read(body)))
			.switchIfEmpty(Mono
				.error(() -> ExecutionFailure.refused(FailureCode.POOL_ANSWER_INVALID, "Pool '" + this.properties.name()
						+ "' answered " + this.properties.runtimesPath() + " with no list of runtimes")));
	}

	/**
	 * Takes note of who answers.
	 * @param reply the head of the answer
	 * @param incarnation takes note of the adapter, where it is one
	 * @return whether it is one
	 */
	boolean look(Reply reply, Incarnation incarnation) {
		HttpHeaders headers = reply.headers();
		boolean adapter = headers.containsHeader(AdapterHeaders.ADAPTER);
		if (adapter) {
			incarnation.saw(headers.getFirst(AdapterHeaders.INCARNATION));
			if (!this.adapterSeen) {
				this.adapterSeen = true;
			}
		}
		return adapter;
	}

}
