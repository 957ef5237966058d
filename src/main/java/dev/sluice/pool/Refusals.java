package dev.sluice.pool;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether to ask a pool again that has just refused, a session or a connection. The time
 * between two tries grows with each refusal, and one success ends it.
 */
final class Refusals {

	private static final Duration FIRST = Duration.ofMillis(250);

	private static final int DOUBLINGS = 4;

	private final LongSupplier nanos;

	private volatile int refusals;

	private long notBefore;

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
		return this.refusals == 0 || isOver();
	}

	/**
	 * Takes the right to ask. While the pool refuses, one at a time has it.
	 * @return whether it was given
	 */
	boolean tryAsk() {
		return this.refusals == 0 || tryAskAgain();
	}

	/** The pool refused. */
	synchronized void refused() {
		int refused = Math.min(this.refusals + 1, DOUBLINGS);
		this.refusals = refused;
		pause(refused);
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

	private synchronized boolean isOver() {
		return this.nanos.getAsLong() - this.notBefore >= 0;
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
