package dev.sluice.pool;

import java.time.Duration;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Positive;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When a pool that fails is passed over.
 *
 * @param window over what time its calls are counted
 * @param minimumCalls how many of them must have ended
 * @param failureRate how many of a hundred must have failed
 * @param open for how long it is passed over at first; each time again it is twice as
 * long
 * @param maxOpen for how long at most
 * @param probes how many executions then try it
 */
record BreakerProperties(@DefaultValue("10s") @Positive Duration window, @DefaultValue("10") @Min(1) int minimumCalls,
		@DefaultValue("50") @Min(1) @Max(100) int failureRate, @DefaultValue("5s") @Positive Duration open,
		@DefaultValue("60s") @Positive Duration maxOpen, @DefaultValue("3") @Min(1) int probes) {
}
