package dev.sluice.admission;

import java.time.Duration;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import org.jspecify.annotations.Nullable;

/**
 * What is said to who can't wait, or no longer. When to come again is told from the pace
 * of the turns, as far as that is known.
 */
final class Overload {

	private static final Duration USUAL = Duration.ofSeconds(5);

	private static final Duration SHORTEST = Duration.ofSeconds(1);

	private static final Duration LONGEST = Duration.ofSeconds(60);

	private Overload() {
	}

	static ExecutionFailure queueFull(int waiting, @Nullable Duration wait) {
		return overloaded(waiting + " executions wait already for a session", wait);
	}

	static ExecutionFailure inVain(Duration wait, Duration left) {
		return overloaded("this one's turn would come in about " + seconds(wait) + " s, and it may wait for "
				+ left.toMillis() + " ms", wait);
	}

	static ExecutionFailure tooLong(Duration maxWait) {
		return overloaded("no session came free within " + maxWait.toMillis() + " ms", null);
	}

	static ExecutionFailure deadline() {
		return ExecutionFailure.passing(FailureCode.DEADLINE_EXCEEDED,
				"No session came free before the execution's deadline: give it more time, or send it again later");
	}

	static ExecutionFailure ofClient(int waiting, @Nullable Duration wait) {
		return ExecutionFailure
			.passing(FailureCode.QUOTA_EXCEEDED,
					waiting + " executions of this client wait already for a session, and one client may not have "
							+ "more of the queue now. Send it again once some of them had their turn")
			.retryAfter(retryAfter(wait));
	}

	private static ExecutionFailure overloaded(String why, @Nullable Duration wait) {
		return ExecutionFailure
			.passing(FailureCode.OVERLOADED,
					"There is more to run than the pools can take: " + why
							+ ". Send it again later, or raise the pools' maximum of sessions")
			.retryAfter(retryAfter(wait));
	}

	/** In whole seconds, as clients are told it. */
	private static Duration retryAfter(@Nullable Duration wait) {
		if (wait == null) {
			return USUAL;
		}
		Duration whole = Duration.ofSeconds(seconds(wait));
		return (whole.compareTo(LONGEST) > 0) ? LONGEST : (whole.compareTo(SHORTEST) < 0) ? SHORTEST : whole;
	}

	private static long seconds(Duration time) {
		return time.plusMillis(999).toSeconds();
	}

}
