package dev.sluice.adapter;

import java.time.Duration;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import dev.sluice.execution.FailureCode;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

import org.springframework.core.io.buffer.DefaultDataBufferFactory;

/**
 * Runs executions until their deadlines, and no longer.
 */
final class Timely implements Executor {

	private final Workshop workshop;

	private final Scheduler scheduler;

	Timely(Workshop workshop, Scheduler scheduler) {
		this.workshop = workshop;
		this.scheduler = scheduler;
	}

	@Override
	public Mono<Answer> execute(Execution execution) {
		return run(execution, () -> {
		}).map(Timely::answer);
	}

	/**
	 * Runs an execution as {@link Workshop#run} does, and cancels it at its deadline.
	 * @param execution what to run
	 * @param ended run when nothing is left of the program
	 * @return the verdict; an {@link ExecutionFailure} with
	 * {@link FailureCode#DEADLINE_EXCEEDED} where it did not come in time, which says
	 * that nothing ran where the time was over before
	 */
	Mono<byte[]> run(Execution execution, Runnable ended) {
		return Mono.defer(() -> {
			Duration left = execution.terms().deadline().left();
			if (left.isZero()) {
				ended.run();
				return Mono.error(ExecutionFailure.refused(FailureCode.DEADLINE_EXCEEDED,
						"The execution's deadline had passed before it came to the adapter"));
			}
			return within(left, this.workshop.run(execution, ended));
		});
	}

	/**
	 * Waits for a verdict so long; who waits no longer cancels.
	 * @param left how long to wait
	 * @param verdict the verdict
	 * @return the verdict; an {@link ExecutionFailure} with
	 * {@link FailureCode#DEADLINE_EXCEEDED} where it did not come in time
	 */
	Mono<byte[]> within(Duration left, Mono<byte[]> verdict) {
		return verdict.timeout(left, Mono.error(Timely::tooLate), this.scheduler);
	}

	/**
	 * An answer of its own for each who asked.
	 * @param verdict the bytes, which are shared
	 * @return the answer
	 */
	static Answer answer(byte[] verdict) {
		return Answer.whole(verdict, DefaultDataBufferFactory.sharedInstance);
	}

	private static ExecutionFailure tooLate() {
		return ExecutionFailure.broken(FailureCode.DEADLINE_EXCEEDED, Executed.UNKNOWN,
				"The execution did not end within its deadline");
	}

}
