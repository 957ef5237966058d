package dev.sluice.execution;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * Where an execution spends its time. Whoever has it says so; what it comes to again is
 * added up. Safe for any thread.
 */
public final class Timeline {

	/** A part of the way that takes time. */
	public enum Leg {

		/** It waits for its turn. */
		ADMISSION,

		/** It waits for a token. */
		TOKEN,

		/** It is with the pool. */
		POOL

	}

	/**
	 * What is known so far.
	 *
	 * @param leg where it is; null where nobody has said so
	 * @param since since when
	 * @param spent what it has spent in each leg before
	 */
	private record State(@Nullable Leg leg, long since, Map<Leg, Duration> spent) {

		Map<Leg, Duration> spentBy(long now) {
			if (this.leg == null) {
				return this.spent;
			}
			Map<Leg, Duration> all = new EnumMap<>(Leg.class);
			all.putAll(this.spent);
			all.merge(this.leg, Duration.ofNanos(now - this.since), Duration::plus);
			return all;
		}

	}

	private final long begin = System.nanoTime();

	private final AtomicReference<State> state = new AtomicReference<>(new State(null, this.begin, Map.of()));

	/**
	 * Begins a leg, and ends the one before.
	 * @param leg the leg
	 */
	public void enter(Leg leg) {
		go(leg);
	}

	/**
	 * Ends the leg that it is in, if any.
	 */
	public void leave() {
		go(null);
	}

	/**
	 * What it has spent by now in each leg that it has come to.
	 * @return the times, in the order of the way
	 */
	public Map<Leg, Duration> spent() {
		return this.state.get().spentBy(System.nanoTime());
	}

	/**
	 * What it has spent by now in all.
	 * @return the time
	 */
	public Duration total() {
		return Duration.ofNanos(System.nanoTime() - this.begin);
	}

	private void go(@Nullable Leg leg) {
		long now = System.nanoTime();
		this.state.updateAndGet((before) -> new State(leg, now, before.spentBy(now)));
	}

}
