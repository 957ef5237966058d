package dev.sluice.pool;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How many sessions may make way for other clients at once: one, and the more of the
 * places are taken, the more. Not safe for threads, but for {@link #hasVacated()}: its
 * holder calls it under a lock.
 */
final class Eviction {

	/** A stop that takes longer fails, and is no reason to wait with the next. */
	private static final Duration STOPPED_WITHIN = Duration.ofSeconds(5);

	/** After such a pause it is not known how many are wanted. */
	private static final Duration PAUSE = Duration.ofSeconds(1);

	/** As much of a pool may make way at once. */
	private static final int PART = 10;

	private final int most;

	private final LongSupplier nanos;

	/** Those that make way, and since when. */
	private final Map<String, Long> underWay = new HashMap<>();

	private int atOnce = 1;

	/** When one was to make way, or the place of one was taken. */
	private long wantedAt;

	/** Whether one has made way, and its place was not taken yet. */
	private volatile boolean vacated;

	/**
	 * Makes one, for a pool in which none makes way.
	 * @param sessions how many there may be
	 * @param nanos the clock
	 */
	Eviction(int sessions, LongSupplier nanos) {
		this.most = Math.max(1, sessions / PART);
		this.nanos = nanos;
	}

	/** Whether one more may make way in a pool that gives places. */
	boolean allowsOneMore() {
		return underWay() < (isPaused() ? 1 : this.atOnce);
	}

	/**
	 * Whether one may make way in a pool that refuses. Whether it gives one's place to
	 * the next has to be tried before a second one does.
	 */
	boolean allowsToTry() {
		return !this.vacated && underWay() == 0;
	}

	/**
	 * One makes way.
	 * @param identifier its identifier
	 */
	void begins(String identifier) {
		if (isPaused()) {
			this.atOnce = 1;
		}
		this.wantedAt = this.nanos.getAsLong();
		this.underWay.put(identifier, this.wantedAt);
	}

	/**
	 * One has made way.
	 * @param identifier its identifier
	 */
	void ends(String identifier) {
		this.underWay.remove(identifier);
		this.vacated = true;
	}

	/** Whether one has made way, and its place was not taken yet. For any thread. */
	boolean hasVacated() {
		return this.vacated;
	}

	/** A place was taken: that of the one that has made way, where one has. */
	void placeTaken() {
		if (this.vacated) {
			this.vacated = false;
			this.wantedAt = this.nanos.getAsLong();
			this.atOnce = Math.min(this.atOnce + 1, this.most);
		}
	}

	private boolean isPaused() {
		return this.nanos.getAsLong() - this.wantedAt >= PAUSE.toNanos();
	}

	private long underWay() {
		long now = this.nanos.getAsLong();
		return this.underWay.values().stream().filter((since) -> now - since < STOPPED_WITHIN.toNanos()).count();
	}

}
