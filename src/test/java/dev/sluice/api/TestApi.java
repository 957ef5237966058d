package dev.sluice.api;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.sluice.execution.Executor;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.http.HeldBytes;
import dev.sluice.http.HttpProperties;
import reactor.core.publisher.Mono;

import org.springframework.util.unit.DataSize;

/**
 * The API as tests need it, before an executor of theirs.
 */
final class TestApi {

	static final String BODY = "{\"language\":\"python\",\"version\":\"3\",\"files\":[{\"content\":\"x\"}]}";

	static final List<LanguageRuntime> RUNTIMES = List.of(new LanguageRuntime("c", "12.2.0", List.of("gcc"), "gcc"),
			new LanguageRuntime("python", "3.12.1", List.of("py"), null));

	private TestApi() {
	}

	/** One that takes bodies of a kilobyte at most, and waits for them a moment. */
	static PistonApi small(Executor executor) {
		return of(executor, new HttpProperties(Set.of(), DataSize.ofKilobytes(1), Duration.ofMillis(300), null),
				new HeldBytes(Long.MAX_VALUE), RUNTIMES);
	}

	static PistonApi of(Executor executor, DataSize maxBody, HeldBytes held, List<LanguageRuntime> runtimes) {
		return of(executor, new HttpProperties(Set.of(), maxBody, Duration.ofSeconds(10), null), held, runtimes);
	}

	private static PistonApi of(Executor executor, HttpProperties bounds, HeldBytes held,
			List<LanguageRuntime> runtimes) {
		return new PistonApi(executor, () -> Mono.just(runtimes), bounds, held,
				new DeadlineProperties(Duration.ofMinutes(1), Duration.ofMinutes(3)),
				LimitsPropertiesTests.limits(Map.of()));
	}

}
