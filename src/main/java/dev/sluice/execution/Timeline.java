package dev.sluice.execution;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Where an execution spends its time, and what it meets there. Whoever has it says so;
 * what it comes to again is added up. Safe for any thread.
 */
public final class Timeline {

	/** A part of the way that takes time. */
	public enum Leg {

		/** It waits for its turn. */
		ADMISSION,

		/** It waits for a token. */
		TOKEN,

		/** It is with the pool. */
		POOL;

		private final String text = name().toLowerCase(Locale.ROOT);

		/**
		 * The leg as headers, metrics and logs name it.
		 * @return the name in lower case
		 */
		public String text() {
			return this.text;
		}

	}

	private final long begin = System.nanoTime();

	/** These are in nanoseconds, -1 where it has not come to it; without what goes on. */
	private long admissions = -1;

	private long tokens = -1;

	private long pools = -1;

	private @Nullable Leg leg;

	private long since;

	private int sent;

	private @Nullable String pool;

	private @Nullable FailureCode failure;

	/**
	 * Begins a leg, and ends the one before.
	 * @param leg the leg
	 */
	public synchronized void enter(Leg leg) {
		leave();
		this.leg = leg;
		this.since = System.nanoTime();
		if (leg == Leg.POOL) {
			this.sent++;
		}
		spend(leg, 0);
	}

	/**
	 * Ends the leg that it is in, if any.
	 */
	public synchronized void leave() {
		if (this.leg != null) {
			spend(this.leg, System.nanoTime() - this.since);
			this.leg = null;
		}
	}

	/**
	 * The leg that it is in.
	 * @return the leg; null where it is in none
	 */
	public synchronized @Nullable Leg leg() {
		return this.leg;
	}

	/**
	 * It has a place in a pool.
	 * @param name the pool's name
	 */
	public synchronized void goTo(String name) {
		this.pool = name;
	}

	/**
	 * Its answer tells, instead of a verdict, that it has failed.
	 * @param code what failed
	 */
	public synchronized void fail(FailureCode code) {
		this.failure = code;
	}

	/**
	 * What its answer told of a failure.
	 * @return what failed; null where nothing did so far
	 */
	public synchronized @Nullable FailureCode failure() {
		return this.failure;
	}

	/**
	 * The pool that had it last.
	 * @return the pool's name; null where none had it
	 */
	public synchronized @Nullable String pool() {
		return this.pool;
	}

	/**
	 * How often it was sent to a pool.
	 * @return the number of times that it came to {@link Leg#POOL}
	 */
	public synchronized int sent() {
		return this.sent;
	}

	/**
	 * What it has spent by now in a leg.
	 * @param leg the leg
	 * @return the time in nanoseconds; -1 where it has not come to it
	 */
	public synchronized long nanos(Leg leg) {
		long before = switch (leg) {
			case ADMISSION -> this.admissions;
			case TOKEN -> this.tokens;
			case POOL -> this.pools;
		};
		return (this.leg == leg) ? before + System.nanoTime() - this.since : before;
	}

	/**
	 * What it has spent by now in all.
	 * @return the time in nanoseconds
	 */
	public long totalNanos() {
		return System.nanoTime() - this.begin;
	}

	private void spend(Leg leg, long nanos) {
		switch (leg) {
			case ADMISSION -> this.admissions = Math.max(0, this.admissions) + nanos;
			case TOKEN -> this.tokens = Math.max(0, this.tokens) + nanos;
			case POOL -> this.pools = Math.max(0, this.pools) + nanos;
		}
	}

}
