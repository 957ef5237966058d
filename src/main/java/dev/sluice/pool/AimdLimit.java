package dev.sluice.pool;

/**
 * How many executions a pool may have at once, found by trying: it grows by one for as
 * many successes as it is large, while at least half of it is in use, and falls by a
 * tenth on a refusal. What was sent before it fell tells nothing new: such refusals only
 * give up what nobody uses by now, and that down to a half. Arithmetic alone, for one
 * thread at a time.
 */
final class AimdLimit {

	private static final double FALL = 0.9;

	private static final double LEAST_OF_A_ROUND = 0.5;

	private final int min;

	private final int max;

	private double limit;

	/** Below this it does not fall in this round. */
	private double floor;

	private int round;

	/**
	 * Makes a limit that stands at its bound.
	 * @param min what it never falls below
	 * @param max what it never grows above
	 */
	AimdLimit(int min, int max) {
		this.min = min;
		this.max = max;
		this.limit = max;
		this.floor = min;
	}

	/** How many executions there may be at once. */
	int limit() {
		return (int) this.limit;
	}

	/** How often it has fallen: what an execution keeps from when it was sent. */
	int round() {
		return this.round;
	}

	/**
	 * The pool took an execution and answered.
	 * @param inUse how many it had, with this one
	 */
	void succeeded(int inUse) {
		if (2 * inUse >= limit()) {
			this.limit = Math.min(this.max, this.limit + 1 / this.limit);
		}
	}

	/**
	 * The pool refused an execution, as it was full.
	 * @param sentIn the round in which it was sent
	 * @param inUse how many the pool has, without this one
	 */
	void refused(int sentIn, int inUse) {
		if (sentIn == this.round) {
			this.round++;
			this.floor = Math.max(this.min, this.limit * LEAST_OF_A_ROUND);
			this.limit = Math.max(this.min, this.limit * FALL);
		}
		else {
			this.limit = Math.max(this.floor, Math.min(this.limit, inUse));
		}
	}

}
