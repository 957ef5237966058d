package dev.sluice.pool;

import java.time.Duration;

import dev.sluice.execution.Deadline;
import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import org.jspecify.annotations.Nullable;

/**
 * How long a pool may be silent on an execution, and what it becomes where it is longer.
 */
final class Silence {

	/**
	 * It lasted so long that it is the pool's own fault, whatever the execution is told.
	 */
	static final class Fault extends RuntimeException {

		private static final long serialVersionUID = 1L;

		private final ExecutionFailure failure;

		private Fault(ExecutionFailure failure) {
			super(failure.message(), null, false, false);
			this.failure = failure;
		}

		ExecutionFailure failure() {
			return this.failure;
		}

	}

	private final String pool;

	private final Duration limit;

	private final @Nullable Deadline deadline;

	/**
	 * Makes it, for one attempt.
	 * @param pool the pool's name
	 * @param limit how long it may last
	 * @param deadline the deadline that the limit comes from; null where it is the pool's
	 * own
	 */
	Silence(String pool, Duration limit, @Nullable Deadline deadline) {
		this.pool = pool;
		this.limit = limit;
		this.deadline = deadline;
	}

	Duration limit() {
		return this.limit;
	}

	/**
	 * What is said of it.
	 * @param lease whether anything was sent
	 * @return the failure, as the fault that it is where it is one
	 */
	RuntimeException after(Lease lease) {
		if (!lease.isSent()) {
			return ExecutionFailure
				.passing(FailureCode.DEADLINE_EXCEEDED,
						"Nothing could be sent to pool '" + this.pool + "' within " + what()
								+ ": its token did not come")
				.in(this.pool);
		}
		ExecutionFailure failure = ExecutionFailure
			.broken(FailureCode.DEADLINE_EXCEEDED, Executed.UNKNOWN,
					"Pool '" + this.pool + "' did not answer within " + what() + ", and the execution was ended: "
							+ ((this.deadline == null) ? "ask for less, or raise the pool's time-limit"
									: "give it more time, or ask for less"))
			.afterAttempts(1)
			.in(this.pool);
		return isFault() ? new Fault(failure) : failure;
	}

	/**
	 * A client in a hurry says nothing of the pool, and neither does one whose execution
	 * came to it when most of its time was over.
	 */
	private boolean isFault() {
		return this.deadline == null
				|| !this.deadline.isHasty() && this.limit.multipliedBy(2).compareTo(this.deadline.whole()) >= 0;
	}

	private String what() {
		return ((this.deadline == null) ? "its time limit of " : "the execution's deadline, ") + this.limit.toMillis()
				+ " ms" + ((this.deadline == null) ? "" : " after it was sent there");
	}

}
