package dev.sluice.adapter;

import java.time.Duration;
import java.util.function.Supplier;

import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Runs executions until their deadlines, and no longer.
 */
final class Timely {

	private final Scheduler scheduler;

	Timely(Scheduler scheduler) {
		this.scheduler = scheduler;
	}

	/**
	 * Runs an execution, and cancels it at its deadline.
	 * @param execution what to run
	 * @param run makes what runs it, as {@link Workshop} says
	 * @param ended run where it does not begin
	 * @return the run's ending; an {@link ExecutionFailure} with
	 * {@link FailureCode#DEADLINE_EXCEEDED} where it did not come in time, which says
	 * that nothing ran where the time was over before
	 */
	Mono<Ending> run(Execution execution, Supplier<Mono<Ending>> run, Runnable ended) {
		return Mono.defer(() -> {
			Duration left = execution.terms().deadline().left();
			if (left.isZero()) {
				ended.run();
				return Mono.error(ExecutionFailure.refused(FailureCode.DEADLINE_EXCEEDED,
						"The execution's deadline had passed before it came to the adapter"));
			}
			return within(left, run.get());
		});
	}

	/**
	 * Waits so long; who waits no longer cancels.
	 * @param <T> what is waited for
	 * @param left how long to wait
	 * @param outcome what to wait for
	 * @return it; an {@link ExecutionFailure} with {@link FailureCode#DEADLINE_EXCEEDED}
	 * where it did not come in time
	 */
	<T> Mono<T> within(Duration left, Mono<T> outcome) {
		return outcome.timeout(left, Mono.error(Timely::tooLate), this.scheduler);
	}

	static ExecutionFailure tooLate() {
		return ExecutionFailure.broken(FailureCode.DEADLINE_EXCEEDED, Executed.UNKNOWN,
				"The execution did not end within its deadline");
	}

}
