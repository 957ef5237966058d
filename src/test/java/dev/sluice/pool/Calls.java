package dev.sluice.pool;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.sluice.RawServer;
import dev.sluice.execution.Answer;
import dev.sluice.execution.Deadline;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Ids;
import dev.sluice.execution.Terms;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * Executions for tests of pools, and what became of them.
 */
final class Calls {

	static final Duration WITHIN = Duration.ofSeconds(30);

	static final String JSON = "Content-Type: application/json\n";

	static final String ADAPTER = JSON + "Sluice-Adapter: 1\n";

	static final String VERDICT = "{\"run\":{\"stdout\":\"42\\n\"}}";

	static final String RUNTIMES = "[{\"language\":\"python\",\"version\":\"3.12.1\",\"aliases\":[]}]";

	/** What an execution is said to have become where it got its verdict. */
	static final String WELL = "verdict";

	private Calls() {
	}

	/** Two pools of fresh sessions, called one and two. */
	static Pools both(RawServer one, RawServer two, String... settings) {
		List<String> all = new ArrayList<>(List.of("name", "one", "sluice.retry.attempts", "4", "identifier", "fresh",
				"sluice.pools[1].name", "two", "sluice.pools[1].endpoint", two.address().toString(),
				"sluice.pools[1].credential.kind", "static", "sluice.pools[1].credential.token", "test-token",
				"sluice.pools[1].identifier", "fresh"));
		all.addAll(Arrays.asList(settings));
		return TestPools.at(one.address(), all.toArray(String[]::new));
	}

	static Execution execution(Deadline deadline) {
		return execution("*", new Terms(deadline, false, null, null));
	}

	static Execution execution(String version, Terms terms) {
		return new Execution(Ids.next(), "python", version, ByteBuffer.wrap("{}".getBytes(StandardCharsets.UTF_8)),
				terms);
	}

	static Execution within(Duration time) {
		return execution(Deadline.in(time));
	}

	/** What became of an execution: a failure's code, or {@link #WELL}. */
	static Mono<String> outcome(Mono<Answer> call) {
		return call.flatMap((answer) -> answer.body().doOnNext(DataBufferUtils::release).then())
			.thenReturn(WELL)
			.onErrorResume(ExecutionFailure.class, (failure) -> Mono.just(failure.code().text()));
	}

	static String run(Pools pools, Execution execution) {
		return outcome(pools.execute(execution)).block(WITHIN);
	}

	static ExecutionFailure failure(Mono<Answer> call) {
		return call.flatMap((answer) -> answer.body().doOnNext(DataBufferUtils::release).then())
			.then(Mono.<ExecutionFailure>error(() -> new AssertionError("It did not fail")))
			.onErrorResume(ExecutionFailure.class, Mono::just)
			.block(WITHIN);
	}

	/** What became of so many executions at once, and how often. */
	static Map<String, Integer> storm(Pools pools, int executions, Deadline deadline) {
		Map<String, Integer> outcomes = new TreeMap<>();
		Flux.range(0, executions)
			.flatMap((number) -> outcome(pools.execute(execution(deadline))), executions)
			.doOnNext((outcome) -> outcomes.merge(outcome, 1, Integer::sum))
			.blockLast(WITHIN);
		return outcomes;
	}

	static PoolReport report(Pools pools, int pool) {
		return pools.all().get(pool).report();
	}

}
