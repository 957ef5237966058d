package dev.sluice.pool;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;

import dev.sluice.execution.ExecutionFailure;

/**
 * What an execution has met on its way so far: which pools refused it, and how often it
 * was sent. It stays the same where the execution goes back to wait for room.
 */
final class Trail {

	/** Who could not even ask a pool is not to ask it at once again. */
	private static final Duration UNASKED = Duration.ofMillis(100);

	private final LongSupplier nanos;

	private final Set<String> asked = new HashSet<>();

	private final Set<String> spent = new HashSet<>();

	private final Map<String, Long> notBefore = new HashMap<>();

	private int attempts;

	Trail(LongSupplier nanos) {
		this.nanos = nanos;
	}

	/** How often the execution was sent. */
	synchronized int attempts() {
		return this.attempts;
	}

	/**
	 * Takes note of a failure.
	 * @param pool the pool that it came from
	 * @param failure the failure
	 */
	synchronized void met(SessionPool pool, ExecutionFailure failure) {
		this.attempts += failure.attempts();
		if (failure.attempts() > 0) {
			this.asked.add(pool.name());
		}
	}

	/**
	 * Whether sending the execution to a pool once more is a repeat.
	 * @param pool the pool
	 * @return whether the pool has had it before
	 */
	synchronized boolean hasAsked(SessionPool pool) {
		return this.asked.contains(pool.name());
	}

	/**
	 * Leaves a pool alone for a while.
	 * @param pool the pool
	 * @param pause for how long
	 */
	synchronized void pass(SessionPool pool, Duration pause) {
		Duration least = (this.asked.contains(pool.name()) || pause.compareTo(UNASKED) > 0) ? pause : UNASKED;
		this.notBefore.put(pool.name(), this.nanos.getAsLong() + least.toNanos());
	}

	/**
	 * Leaves a pool alone for good.
	 * @param pool the pool
	 */
	synchronized void spend(SessionPool pool) {
		this.spent.add(pool.name());
	}

	synchronized boolean isSpent(SessionPool pool) {
		return this.spent.contains(pool.name());
	}

	/**
	 * Whether the execution may go to a pool now.
	 * @param pool the pool
	 * @return whether the pool has not refused it, or may be asked again
	 */
	synchronized boolean leadsTo(SessionPool pool) {
		Long pause = this.notBefore.get(pool.name());
		return !this.spent.contains(pool.name()) && (pause == null || this.nanos.getAsLong() - pause >= 0)
				&& (!this.asked.contains(pool.name()) || pool.budget().allowsRepeat());
	}

	/**
	 * The pools that refused the execution, so that two of them can be compared.
	 * @return a word for each
	 */
	synchronized Set<String> refusals() {
		if (this.notBefore.isEmpty() && this.spent.isEmpty()) {
			return Set.of();
		}
		Set<String> words = new TreeSet<>(this.notBefore.keySet());
		this.spent.forEach((pool) -> words.add(pool + ", for good"));
		return words;
	}

}
