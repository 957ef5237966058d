package dev.sluice.admission;

import java.time.Duration;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * How quickly those who wait get their turns. Time counts only while somebody waits, as
 * otherwise it would be the pace at which they come; what was seen fades, so that the
 * pace follows the pools. Arithmetic alone, for one thread at a time.
 */
final class Pace {

	/** After this time what was seen counts for about a third. */
	private static final double FADES_IN = Duration.ofSeconds(15).toNanos();

	/** Fewer turns than these tell nothing. */
	private static final double KNOWN_FROM = 5;

	private final LongSupplier nanos;

	private boolean waitedFor;

	private long last;

	private double turns;

	private double time;

	/**
	 * Makes it, with nothing known.
	 * @param nanos the clock
	 */
	Pace(LongSupplier nanos) {
		this.nanos = nanos;
		this.last = nanos.getAsLong();
	}

	/** Somebody waits from now on. */
	void begin() {
		goOn();
		this.waitedFor = true;
	}

	/** Somebody who waited has his turn. */
	void turn() {
		goOn();
		this.turns++;
	}

	/** Nobody waits any more. */
	void end() {
		goOn();
		this.waitedFor = false;
	}

	/**
	 * How long it takes until so many have had their turns.
	 * @param places how many
	 * @return the time; null where too little was seen of late
	 */
	@Nullable Duration until(int places) {
		goOn();
		return (this.turns < KNOWN_FROM) ? null : Duration.ofNanos((long) (places * this.time / this.turns));
	}

	private void goOn() {
		long now = this.nanos.getAsLong();
		double rest = Math.exp((this.last - now) / FADES_IN);
		this.turns *= rest;
		this.time = this.time * rest + (this.waitedFor ? FADES_IN * (1 - rest) : 0);
		this.last = now;
	}

}
