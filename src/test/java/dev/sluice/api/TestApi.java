package dev.sluice.api;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.sluice.execution.Client;
import dev.sluice.execution.Credentials;
import dev.sluice.execution.Drain;
import dev.sluice.execution.Executor;
import dev.sluice.execution.Gate;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.Observer;
import dev.sluice.execution.Pass;
import dev.sluice.execution.Quota;
import dev.sluice.execution.Report;
import dev.sluice.http.HeldBytes;
import dev.sluice.http.HttpProperties;
import dev.sluice.http.LoopbackServer;
import dev.sluice.http.Origins;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.util.unit.DataSize;

/**
 * The API as tests need it, before an executor of theirs.
 */
final class TestApi {

	static final String BODY = "{\"language\":\"python\",\"version\":\"3\",\"files\":[{\"content\":\"x\"}]}";

	static final List<LanguageRuntime> RUNTIMES = List.of(new LanguageRuntime("c", "12.2.0", List.of("gcc"), "gcc"),
			new LanguageRuntime("python", "3.12.1", List.of("py"), null));

	/** What a client says over a WebSocket to begin with. */
	static final String INIT = "{\"type\":\"init\",\"language\":\"c\",\"version\":\"*\",\"files\":[{\"content\":\"42\"}]}";

	/** Lets everybody in, as somebody whom nobody knows. */
	static final Gate OPEN = new Gate() {

		@Override
		public Mono<Client> identify(Credentials credentials) {
			return Mono.just(Client.ANYONE);
		}

		@Override
		public Pass admit(Client client) {
			return Pass.FREE;
		}

		@Override
		public @Nullable Quota quota(Client client) {
			return null;
		}

	};

	/** Looks away. */
	private static final Observer UNWATCHED = new Observer() {

		@Override
		public boolean records(String trace) {
			return false;
		}

		@Override
		public void began() {
			// It is not counted.
		}

		@Override
		public void ended(Report report) {
			// It is not told to anybody.
		}

	};

	private static final ConnectProperties CONNECT = new ConnectProperties(Duration.ofMillis(1500),
			DataSize.ofKilobytes(64), 100, Duration.ofSeconds(1));

	private TestApi() {
	}

	static LoopbackServer server(Executor executor) {
		return LoopbackServer.start(small(executor).routes());
	}

	/** One that holds no more than it may. */
	static LoopbackServer server(Executor executor, HeldBytes held) {
		return LoopbackServer.start(of(executor, DataSize.ofKilobytes(1), held, RUNTIMES).routes());
	}

	/** One that is to end. */
	static LoopbackServer server(Executor executor, Drain drain) {
		HttpProperties bounds = new HttpProperties(Set.of(), DataSize.ofKilobytes(1), Duration.ofSeconds(10), null);
		return LoopbackServer
			.start(of(OPEN, drain, executor, bounds, new HeldBytes(Long.MAX_VALUE), RUNTIMES, UNWATCHED).routes());
	}

	static Flux<DataBuffer> buffers(String... parts) {
		return Flux.fromArray(parts)
			.map((part) -> DefaultDataBufferFactory.sharedInstance.wrap(part.getBytes(StandardCharsets.UTF_8)));
	}

	/** One that takes bodies of a kilobyte at most, and waits for them a moment. */
	static PistonApi small(Executor executor) {
		return of(executor, new HttpProperties(Set.of(), DataSize.ofKilobytes(1), Duration.ofMillis(300), null),
				new HeldBytes(Long.MAX_VALUE), RUNTIMES);
	}

	static PistonApi of(Executor executor, DataSize maxBody, HeldBytes held, List<LanguageRuntime> runtimes) {
		return of(executor, new HttpProperties(Set.of(), maxBody, Duration.ofSeconds(10), null), held, runtimes);
	}

	/** One that asks who its clients are. */
	static PistonApi guarded(Gate gate, Executor executor) {
		return watched(gate, executor, UNWATCHED);
	}

	/** As {@link #small}, behind a gate, and watched. */
	static PistonApi watched(Gate gate, Executor executor, Observer observer) {
		return of(gate, new Drain(), executor,
				new HttpProperties(Set.of(), DataSize.ofKilobytes(1), Duration.ofMinutes(1), null),
				new HeldBytes(Long.MAX_VALUE), RUNTIMES, observer);
	}

	private static PistonApi of(Executor executor, HttpProperties bounds, HeldBytes held,
			List<LanguageRuntime> runtimes) {
		return of(OPEN, new Drain(), executor, bounds, held, runtimes, UNWATCHED);
	}

	private static PistonApi of(Gate gate, Drain drain, Executor executor, HttpProperties bounds, HeldBytes held,
			List<LanguageRuntime> runtimes, Observer observer) {
		return new PistonApi(gate, drain, executor, () -> Mono.just(runtimes), bounds, held,
				new DeadlineProperties(Duration.ofMinutes(1), Duration.ofMinutes(3)),
				LimitsPropertiesTests.limits(Map.of()),
				new ConnectApi(CONNECT, new Origins(Set.of("https://app.example")), held, drain), observer);
	}

}
