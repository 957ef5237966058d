package dev.sluice.pool;

import java.time.Duration;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Positive;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How sessions are used again.
 *
 * @param maxSessions how many there may be at once
 * @param executionsPerSession how many executions run in one at a time; they share its
 * fate
 * @param maxUses after how many executions one is let go
 * @param maxAge after what time one is let go, so that a new image reaches everybody
 * @param cooldown after what time without use the pool lets one go: the pool's own
 * setting; here it happens a little earlier
 * @param warm how many are allocated before they are needed, and kept
 * @param shareSessions whether a session may go from one client to another
 */
record LeaseProperties(@DefaultValue("100") @Min(1) int maxSessions,
		@DefaultValue("1") @Min(1) int executionsPerSession, @DefaultValue("1000") @Min(1) int maxUses,
		@DefaultValue("1h") @Positive Duration maxAge, @DefaultValue("300s") @Positive Duration cooldown,
		@DefaultValue("0") @Min(0) int warm, @DefaultValue("false") boolean shareSessions) {
}
