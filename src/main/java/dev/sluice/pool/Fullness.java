package dev.sluice.pool;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether to ask a pool for one more session that has just refused one. The time between
 * two tries grows with each refusal, and one session that is given ends it.
 */
final class Fullness {

	private static final Duration FIRST = Duration.ofMillis(250);

	private static final int DOUBLINGS = 5;

	private final LongSupplier nanos;

	private int refusals;

	private long notBefore;

	/**
	 * Makes it, for a pool that is not full.
	 * @param nanos the clock
	 */
	Fullness(LongSupplier nanos) {
		this.nanos = nanos;
	}

	/**
	 * Whether a session may be asked for now.
	 * @return whether there is a point in it
	 */
	synchronized boolean allows() {
		return this.refusals == 0 || this.nanos.getAsLong() - this.notBefore >= 0;
	}

	/**
	 * Takes the right to ask for a session. While the pool refuses, one at a time has it.
	 * @return whether it was given
	 */
	synchronized boolean tryAsk() {
		if (!allows()) {
			return false;
		}
		if (this.refusals > 0) {
			pause();
		}
		return true;
	}

	/** The pool refused a session. */
	synchronized void refused() {
		this.refusals = Math.min(this.refusals + 1, DOUBLINGS);
		pause();
	}

	/** The pool gave a session. */
	synchronized void given() {
		this.refusals = 0;
	}

	private void pause() {
		this.notBefore = this.nanos.getAsLong() + (FIRST.toNanos() << (this.refusals - 1));
	}

}
