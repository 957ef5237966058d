package dev.sluice.pool;

import java.time.Duration;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.PositiveOrZero;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How often and when an execution that surely did not run is sent again.
 *
 * @param attempts how often it is sent at most
 * @param backoff the first pause is a random time up to this one; each next one up to
 * twice as long
 * @param maxBackoff how long a pause is at most
 * @param budget how many of a hundred recent calls of a pool may be repeats
 * @param floor how many repeats there may be within ten seconds in any case
 */
record RetryProperties(@DefaultValue("4") @Min(1) int attempts, @DefaultValue("100ms") @PositiveOrZero Duration backoff,
		@DefaultValue("2s") @PositiveOrZero Duration maxBackoff, @DefaultValue("20") @Min(0) @Max(100) int budget,
		@DefaultValue("10") @Min(0) int floor) {
}
