package dev.sluice.pool;

import java.util.concurrent.atomic.AtomicBoolean;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import org.jspecify.annotations.Nullable;

/**
 * An execution's hold on a session.
 */
final class Lease {

	private final @Nullable String identifier;

	private final Runnable stop;

	private final AtomicBoolean ended = new AtomicBoolean();

	/**
	 * Makes a lease.
	 * @param identifier the session's identifier; null where the pool gives one by itself
	 * @param stop ends the session; returns at once
	 */
	Lease(@Nullable String identifier, Runnable stop) {
		this.identifier = identifier;
		this.stop = stop;
	}

	@Nullable String identifier() {
		return this.identifier;
	}

	/**
	 * Ends the session behind its execution. May be called more than once.
	 */
	void end() {
		if (this.ended.compareAndSet(false, true)) {
			this.stop.run();
		}
	}

	/**
	 * Ends the session, but where the execution never got as far as to have one.
	 * @param failure the execution's failure
	 */
	void endAfter(ExecutionFailure failure) {
		boolean neverSent = failure.code() == FailureCode.POOL_UNREACHABLE || failure.attempts() == 0;
		if (neverSent) {
			this.ended.set(true);
		}
		end();
	}

}
