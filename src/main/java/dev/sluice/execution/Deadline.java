package dev.sluice.execution;

import java.time.Duration;

/**
 * A moment after which nobody waits for an execution any more, by this process's own
 * clock: it is told to others as the time that is left.
 */
public final class Deadline {

	private final long at;

	private final Duration whole;

	private final boolean hasty;

	private Deadline(Duration time, boolean hasty) {
		this.at = System.nanoTime() + time.toNanos();
		this.whole = time;
		this.hasty = hasty;
	}

	/**
	 * A deadline so far from now.
	 * @param time how long there is
	 * @return the deadline
	 */
	public static Deadline in(Duration time) {
		return new Deadline(time, false);
	}

	/**
	 * A deadline that leaves a program less time than it may take: its client is in a
	 * hurry, and who does not keep it is not at fault.
	 * @param time how long there is
	 * @return the deadline
	 */
	public static Deadline hasty(Duration time) {
		return new Deadline(time, true);
	}

	/**
	 * Whether it is shorter than the program may take.
	 * @return whether its client is in a hurry
	 */
	public boolean isHasty() {
		return this.hasty;
	}

	/**
	 * All the time that there was.
	 * @return the time from its making to its end
	 */
	public Duration whole() {
		return this.whole;
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
