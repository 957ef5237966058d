package dev.sluice.gateway;

import java.util.ArrayList;
import java.util.List;

import dev.sluice.admission.Admission;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.RuntimeSource;
import dev.sluice.pool.Pool;
import dev.sluice.pool.Pools;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * What an execution walks through behind the front doors, and what there is to say of it.
 *
 * @param pools the pools; null where there are none
 * @param admission what lets executions in to them; null where there are none
 * @param description a heading and what there is to say of the pools, a line each
 */
public record Chain(@Nullable Pools pools, @Nullable Admission admission,
		List<String> description) implements AutoCloseable {

	private static final String NO_POOL = "No pool is configured: set sluice.pools[0].endpoint to the session pool's "
			+ "management endpoint";

	static Chain of(Pools pools, Admission admission, List<String> more) {
		List<String> lines = new ArrayList<>();
		for (Pool pool : pools.all()) {
			lines.add("pool       " + pool.name() + " at " + pool.endpoint());
			lines.add("           " + pool.description());
		}
		lines.addAll(more);
		return new Chain(pools, admission, lines);
	}

	static Chain none(String why) {
		return new Chain(null, null, List.of("pool       none: " + why, "           " + NO_POOL));
	}

	/**
	 * The pools, one by one.
	 * @return the pools; none where there is none
	 */
	public List<Pool> all() {
		return (this.pools != null) ? this.pools.all() : List.of();
	}

	/**
	 * How many executions wait for a session.
	 * @return the number
	 */
	public int waiting() {
		return (this.admission != null) ? this.admission.waiting() : 0;
	}

	/** Gets tokens and runtimes before somebody needs them. */
	void start() {
		if (this.pools != null) {
			this.pools.start();
		}
	}

	/** Whether executions may begin. */
	boolean isReady() {
		return this.pools != null && this.pools.isReady();
	}

	@Override
	public void close() {
		if (this.admission != null) {
			this.admission.close();
		}
		if (this.pools != null) {
			this.pools.close();
		}
	}

	Executor executor() {
		return (this.admission != null) ? this.admission : (execution) -> Mono.error(noPool());
	}

	RuntimeSource runtimes() {
		return (this.pools != null) ? this.pools : () -> Mono.<List<LanguageRuntime>>error(noPool());
	}

	private static ExecutionFailure noPool() {
		return ExecutionFailure.refused(FailureCode.NO_POOL, NO_POOL);
	}

}
