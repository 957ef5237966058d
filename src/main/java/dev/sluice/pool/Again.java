package dev.sluice.pool;

import java.time.Duration;

import dev.sluice.execution.ExecutionFailure;

/**
 * Says that an execution is to be sent again, and when.
 */
final class Again extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final ExecutionFailure failure;

	private final Duration pause;

	Again(ExecutionFailure failure, Duration pause) {
		super(failure.message(), null, false, false);
		this.failure = failure;
		this.pause = pause;
	}

	/** What to tell where it is not sent again. */
	ExecutionFailure failure() {
		return this.failure;
	}

	Duration pause() {
		return this.pause;
	}

}
