package dev.sluice.pool;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many of a pool's calls may be repeats in vain: a share of those of the last ten
 * seconds, and a few in any case, so that repeats never multiply an outage. One that the
 * pool took costs nothing, else what a full pool has refused would stand before it when
 * it is empty again.
 */
final class RetryBudget {

	private static final int SECONDS = 10;

	private final int share;

	private final int floor;

	private final LongSupplier nanos;

	private final int[] calls = new int[SECONDS];

	private final int[] repeats = new int[SECONDS];

	private long second;

	/**
	 * Makes a budget.
	 * @param share how many of a hundred calls may be repeats
	 * @param floor how many repeats there may be in any case
	 * @param nanos the clock
	 */
	RetryBudget(int share, int floor, LongSupplier nanos) {
		this.share = share;
		this.floor = floor;
		this.nanos = nanos;
		this.second = now();
	}

	/** A call that is no repeat. */
	synchronized void call() {
		this.calls[slot()]++;
	}

	/**
	 * Asks for a repeat.
	 * @return whether it was granted
	 */
	synchronized boolean tryRepeat() {
		if (!allowsRepeat()) {
			return false;
		}
		this.repeats[slot()]++;
		return true;
	}

	/** The pool took a repeat that was granted. */
	synchronized void giveBack() {
		int now = slot();
		for (int before = 0; before < SECONDS; before++) {
			int slot = Math.floorMod(now - before, SECONDS);
			if (this.repeats[slot] > 0) {
				this.repeats[slot]--;
				return;
			}
		}
	}

	/**
	 * Whether a repeat would be granted now.
	 * @return whether {@link #tryRepeat} would give one
	 */
	synchronized boolean allowsRepeat() {
		return left() > 0;
	}

	/**
	 * How many repeats would be granted now.
	 * @return the number, 0 at least
	 */
	synchronized int left() {
		slot();
		long allowed = (long) sum(this.calls) * this.share / 100 + this.floor;
		return (int) Math.max(0, allowed - sum(this.repeats));
	}

	/** Forgets what is too old. */
	private int slot() {
		long now = now();
		for (long passed = Math.max(this.second + 1, now - SECONDS + 1); passed <= now; passed++) {
			int slot = Math.floorMod(passed, SECONDS);
			this.calls[slot] = 0;
			this.repeats[slot] = 0;
		}
		this.second = Math.max(this.second, now);
		return Math.floorMod(now, SECONDS);
	}

	private long now() {
		return TimeUnit.NANOSECONDS.toSeconds(this.nanos.getAsLong());
	}

	private static int sum(int[] slots) {
		return Arrays.stream(slots).sum();
	}

}
