package dev.sluice.pool;

import java.time.Duration;
import java.util.function.LongSupplier;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;

/**
 * Whether to ask a pool again that has just refused, a session or a connection. The time
 * between two tries grows with each refusal, and one success ends it. Where the pool says
 * how long to stay away, no success shortens that.
 */
final class Refusals {

	private static final Duration FIRST = Duration.ofMillis(250);

	private static final int DOUBLINGS = 4;

	/** Whatever a pool asks for, it is tried again after this time. */
	private static final Duration LONGEST = Duration.ofSeconds(60);

	private final LongSupplier nanos;

	private volatile int refusals;

	private volatile boolean told;

	private long notBefore;

	private long toldNotBefore;

	/**
	 * Makes it, for a pool that has refused nothing yet.
	 * @param nanos the clock
	 */
	Refusals(LongSupplier nanos) {
		this.nanos = nanos;
	}

	/**
	 * Whether there is a point in asking now.
	 * @return whether there is
	 */
	boolean allows() {
		return this.refusals == 0 && !this.told || isOver();
	}

	/**
	 * Takes the right to ask. While the pool refuses, one at a time has it.
	 * @return whether it was given
	 */
	boolean tryAsk() {
		return this.refusals == 0 && !this.told || tryAskAgain();
	}

	/** The pool refused. */
	synchronized void refused() {
		int refused = Math.min(this.refusals + 1, DOUBLINGS);
		this.refusals = refused;
		pause(refused);
	}

	/**
	 * The pool says when it wants to be asked again.
	 * @param failure its refusal; another failure, or one that does not say when, changes
	 * nothing
	 */
	void heed(ExecutionFailure failure) {
		Duration asked = failure.retryAfter();
		if (asked != null && failure.code() == FailureCode.POOL_FULL && failure.attempts() > 0) {
			stayAway((asked.compareTo(LONGEST) < 0) ? asked : LONGEST);
		}
	}

	/** The pool gave what it was asked for. */
	void given() {
		if (this.refusals > 0) {
			forget();
		}
	}

	private synchronized void forget() {
		this.refusals = 0;
	}

	private synchronized void stayAway(Duration time) {
		this.toldNotBefore = this.nanos.getAsLong() + time.toNanos();
		this.told = true;
	}

	private synchronized boolean isOver() {
		long now = this.nanos.getAsLong();
		this.told = this.told && now - this.toldNotBefore < 0;
		return !this.told && (this.refusals == 0 || now - this.notBefore >= 0);
	}

	private synchronized boolean tryAskAgain() {
		if (!isOver()) {
			return false;
		}
		int refused = this.refusals;
		if (refused > 0) {
			pause(refused);
		}
		return true;
	}

	private synchronized void pause(int refused) {
		this.notBefore = this.nanos.getAsLong() + (FIRST.toNanos() << (refused - 1));
	}

}
