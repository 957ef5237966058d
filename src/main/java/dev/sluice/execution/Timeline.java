package dev.sluice.execution;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ObjLongConsumer;

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

	/** It has not come there. */
	private static final long NEVER = -1;

	/**
	 * What is known so far, in nanoseconds.
	 *
	 * @param leg where it is; null where nobody has said so
	 * @param since since when
	 * @param admission what it has spent before in that leg
	 * @param token likewise
	 * @param pool likewise
	 */
	private record State(@Nullable Leg leg, long since, long admission, long token, long pool) {

		/** It goes on to another leg, or nowhere. */
		State on(@Nullable Leg next, long now) {
			long more = now - this.since;
			return switch (this.leg) {
				case null -> new State(next, now, this.admission, this.token, this.pool);
				case ADMISSION -> new State(next, now, sum(this.admission, more), this.token, this.pool);
				case TOKEN -> new State(next, now, this.admission, sum(this.token, more), this.pool);
				case POOL -> new State(next, now, this.admission, this.token, sum(this.pool, more));
			};
		}

		private static long sum(long before, long more) {
			return Math.max(0, before) + more;
		}

	}

	private final long begin = System.nanoTime();

	private final AtomicReference<State> state = new AtomicReference<>(
			new State(null, this.begin, NEVER, NEVER, NEVER));

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
		Map<Leg, Duration> all = new EnumMap<>(Leg.class);
		forEach((leg, nanos) -> all.put(leg, Duration.ofNanos(nanos)));
		return all;
	}

	/**
	 * Tells what it has spent by now in each leg that it has come to.
	 * @param told takes the legs and nanoseconds, in the order of the way
	 */
	public void forEach(ObjLongConsumer<Leg> told) {
		State now = this.state.get().on(null, System.nanoTime());
		tell(Leg.ADMISSION, now.admission(), told);
		tell(Leg.TOKEN, now.token(), told);
		tell(Leg.POOL, now.pool(), told);
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
		this.state.updateAndGet((before) -> before.on(leg, now));
	}

	private static void tell(Leg leg, long nanos, ObjLongConsumer<Leg> told) {
		if (nanos != NEVER) {
			told.accept(leg, nanos);
		}
	}

}
