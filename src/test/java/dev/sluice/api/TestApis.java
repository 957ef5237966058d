package dev.sluice.api;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import dev.sluice.execution.Executor;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.http.HttpProperties;
import dev.sluice.http.LoopbackServer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.util.unit.DataSize;

/**
 * APIs for tests, before executors of the test's own.
 */
final class TestApis {

	static final String INIT = "{\"type\":\"init\",\"language\":\"c\",\"version\":\"*\",\"files\":[{\"content\":\"42\"}]}";

	private TestApis() {
	}

	static PistonApi api(Executor executor) {
		return new PistonApi(executor,
				() -> Mono.just(List.of(new LanguageRuntime("c", "12.2.0", List.of("gcc"), "gcc"))),
				new HttpProperties(Set.of(), DataSize.ofKilobytes(1), Duration.ofMillis(300)),
				new DeadlineProperties(Duration.ofSeconds(10), Duration.ofSeconds(3), Duration.ofMinutes(1),
						Duration.ofMinutes(3)),
				new ConnectProperties(Duration.ofMillis(300), DataSize.ofKilobytes(64), 100, Duration.ofSeconds(1)));
	}

	static LoopbackServer server(Executor executor) {
		return LoopbackServer.start(api(executor).routes());
	}

	static Flux<DataBuffer> buffers(String... parts) {
		return Flux.fromArray(parts)
			.map((part) -> DefaultDataBufferFactory.sharedInstance.wrap(part.getBytes(StandardCharsets.UTF_8)));
	}

}
