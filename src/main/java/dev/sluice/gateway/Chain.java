package dev.sluice.gateway;

import java.util.ArrayList;
import java.util.List;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.RuntimeSource;
import dev.sluice.pool.Pool;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * What an execution walks through behind the front doors, and what there is to say of it.
 *
 * @param pool the pool; null where there is none
 * @param description a heading and what there is to say of the pool, a line each
 */
public record Chain(@Nullable Pool pool, List<String> description) {

	private static final String NO_POOL = "No pool is configured: set sluice.pools[0].endpoint to the session pool's "
			+ "management endpoint";

	static Chain of(Pool pool, List<String> more) {
		List<String> lines = new ArrayList<>();
		lines.add("pool       " + pool.name() + " at " + pool.endpoint());
		lines.addAll(more);
		return new Chain(pool, lines);
	}

	static Chain none(String why) {
		return new Chain(null, List.of("pool       none: " + why, "           " + NO_POOL));
	}

	Executor executor() {
		return (this.pool != null) ? this.pool : (execution) -> Mono.error(noPool());
	}

	RuntimeSource runtimes() {
		return (this.pool != null) ? this.pool : () -> Mono.<List<LanguageRuntime>>error(noPool());
	}

	private static ExecutionFailure noPool() {
		return ExecutionFailure.refused(FailureCode.NO_POOL, NO_POOL);
	}

}
