package dev.sluice.execution;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Says that there is no verdict, and why. It is an answer, so it has no stack trace.
 */
public final class ExecutionFailure extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final FailureCode code;

	private final Executed executed;

	private final boolean retryable;

	private final int attempts;

	private final @Nullable Duration retryAfter;

	private final @Nullable String pool;

	private final @Nullable String traceId;

	private ExecutionFailure(FailureCode code, String message, Executed executed, boolean retryable) {
		this(code, message, executed, retryable, 0, null, null, null);
	}

	private ExecutionFailure(FailureCode code, String message, Executed executed, boolean retryable, int attempts,
			@Nullable Duration retryAfter, @Nullable String pool, @Nullable String traceId) {
		super(message, null, false, false);
		this.code = code;
		this.executed = executed;
		this.retryable = retryable;
		this.attempts = attempts;
		this.retryAfter = retryAfter;
		this.pool = pool;
		this.traceId = traceId;
	}

	/**
	 * A failure before anything ran, which the same request would meet again.
	 * @param code what failed
	 * @param message what happened, and what to change
	 * @return the failure
	 */
	public static ExecutionFailure refused(FailureCode code, String message) {
		return new ExecutionFailure(code, message, Executed.NO, false);
	}

	/**
	 * A failure before anything ran, which the same request may not meet again.
	 * @param code what failed
	 * @param message what happened, and what to change
	 * @return the failure
	 */
	public static ExecutionFailure passing(FailureCode code, String message) {
		return new ExecutionFailure(code, message, Executed.NO, true);
	}

	/**
	 * A failure where the program may have run. It is not to be repeated unasked.
	 * @param code what failed
	 * @param executed what is known of the program
	 * @param message what happened, and what to change
	 * @return the failure
	 */
	public static ExecutionFailure broken(FailureCode code, Executed executed, String message) {
		return new ExecutionFailure(code, message, executed, false);
	}

	/**
	 * A failure that somebody else typed, such as an adapter.
	 * @param code what failed
	 * @param message what happened, and what to change
	 * @param executed what is known of the program
	 * @param retryable whether to try again
	 * @return the failure
	 */
	public static ExecutionFailure of(FailureCode code, String message, Executed executed, boolean retryable) {
		return new ExecutionFailure(code, message, executed, retryable);
	}

	/**
	 * This failure after so many attempts to reach a session.
	 * @param attempts how often the execution was sent
	 * @return the failure
	 */
	public ExecutionFailure afterAttempts(int attempts) {
		return new ExecutionFailure(this.code, message(), this.executed, this.retryable, attempts, this.retryAfter,
				this.pool, this.traceId);
	}

	/**
	 * This failure with a word on when to come again.
	 * @param retryAfter how long to wait at least
	 * @return the failure
	 */
	public ExecutionFailure retryAfter(Duration retryAfter) {
		return new ExecutionFailure(this.code, message(), this.executed, this.retryable, this.attempts, retryAfter,
				this.pool, this.traceId);
	}

	/**
	 * This failure with what is known of the program.
	 * @param executed whether it ran
	 * @return the failure, which is to be repeated only where the program did not run
	 */
	public ExecutionFailure executed(Executed executed) {
		return new ExecutionFailure(this.code, message(), executed, this.retryable && executed == Executed.NO,
				this.attempts, this.retryAfter, this.pool, this.traceId);
	}

	/**
	 * This failure with the place where it happened.
	 * @param pool the pool's name
	 * @return the failure
	 */
	public ExecutionFailure in(String pool) {
		return new ExecutionFailure(this.code, message(), this.executed, this.retryable, this.attempts, this.retryAfter,
				pool, this.traceId);
	}

	/**
	 * This failure with the execution that it is of.
	 * @param id the execution's id
	 * @return the failure
	 */
	public ExecutionFailure tracedBy(String id) {
		return new ExecutionFailure(this.code, message(), this.executed, this.retryable, this.attempts, this.retryAfter,
				this.pool, id);
	}

	public FailureCode code() {
		return this.code;
	}

	/**
	 * What happened, and what to change, in words for the client.
	 * @return a sentence or more, without secrets
	 */
	public String message() {
		return String.valueOf(getMessage());
	}

	public Executed executed() {
		return this.executed;
	}

	/**
	 * Whether the same request may succeed when it is sent again, and can't run twice by
	 * that.
	 * @return whether to try again
	 */
	public boolean retryable() {
		return this.retryable;
	}

	/**
	 * How often it was tried to send the execution to a session.
	 * @return the number of attempts, 0 where it was not even tried
	 */
	public int attempts() {
		return this.attempts;
	}

	public @Nullable Duration retryAfter() {
		return this.retryAfter;
	}

	/**
	 * Which pool it happened in.
	 * @return the pool's name; null where it was in none
	 */
	public @Nullable String pool() {
		return this.pool;
	}

	/**
	 * What to look for in the logs.
	 * @return the execution's id; null where there was no execution yet
	 */
	public @Nullable String traceId() {
		return this.traceId;
	}

}
