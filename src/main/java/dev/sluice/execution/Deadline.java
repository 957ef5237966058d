package dev.sluice.execution;

import java.time.Duration;

/**
 * A moment after which nobody waits for an execution any more, by this process's own
 * clock: it is told to others as the time that is left.
 */
public final class Deadline {

	private final long at;

	private Deadline(long at) {
		this.at = at;
	}

	/**
	 * A deadline so far from now.
	 * @param time how long there is
	 * @return the deadline
	 */
	public static Deadline in(Duration time) {
		return new Deadline(System.nanoTime() + time.toNanos());
	}

	/**
	 * The time that is left.
	 * @return the time, zero where it is over
	 */
	public Duration left() {
		return Duration.ofNanos(Math.max(0, this.at - System.nanoTime()));
	}

	/**
	 * Whether so much time is left.
	 * @param time how much is needed
	 * @return whether it ends before the deadline
	 */
	public boolean allows(Duration time) {
		return left().compareTo(time) > 0;
	}

}
