package dev.sluice.admission;

import java.time.Duration;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;

/**
 * How much a client may ask for.
 *
 * @param rate how many executions a client may begin a second, such as 5 or 0.5; by
 * default as many as it likes
 * @param burst how many of them it may begin at once, after a pause; by default, and at
 * the least, a second's worth
 * @param concurrency how many executions of a client may be under way at once; by default
 * as many as it likes
 */
record Limits(@Nullable @DecimalMin("0.001") @DecimalMax("1000000") Double rate, @Nullable @Min(1) Integer burst,
		@Nullable @Min(1) Integer concurrency) {

	/** No bounds. */
	static final Limits NONE = new Limits(null, null, null);

	/** These, and of others what these leave open. */
	Limits or(Limits others) {
		return new Limits((this.rate != null) ? this.rate : others.rate,
				(this.burst != null) ? this.burst : others.burst,
				(this.concurrency != null) ? this.concurrency : others.concurrency);
	}

	/** Whether there is a burst of nothing. */
	boolean isBurstWithoutRate() {
		return this.burst != null && this.rate == null;
	}

	boolean isNone() {
		return this.rate == null && this.concurrency == null;
	}

	/** How many may begin at once after a pause; 0 without a rate. */
	long most() {
		long second = (this.rate != null) ? (long) Math.ceil(this.rate) : 0;
		return (this.rate == null || this.burst == null) ? second : Math.max(second, this.burst);
	}

	/** After what time one more may begin; nothing without a rate. */
	Duration interval() {
		return (this.rate != null) ? Duration.ofNanos(Math.max(1, Math.round(1e9 / this.rate))) : Duration.ZERO;
	}

	/** In what time as many may begin as may begin at once, in whole seconds. */
	Duration window() {
		return Duration.ofSeconds(Math.max(1, interval().multipliedBy(most()).plusMillis(999).toSeconds()));
	}

	/** What a client is told of its rate. */
	String rateInWords() {
		String number = String.valueOf(this.rate).replaceFirst("\\.0$", "");
		return number + " a second, " + most() + " in one burst";
	}

}
