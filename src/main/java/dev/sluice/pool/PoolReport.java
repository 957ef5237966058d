package dev.sluice.pool;

import org.jspecify.annotations.Nullable;

/**
 * How a pool fares.
 *
 * @param name the pool's name
 * @param breaker {@code closed}, {@code open} or {@code half-open}
 * @param running how many executions it has now
 * @param limit how many it may have at once, as far as was found
 * @param sessions the sessions that this process holds in it
 * @param stopped how many sessions were stopped
 * @param leftToCooldown how many sessions could not be stopped
 * @param sent how many calls were made for executions
 * @param repeated how many of them were repeats
 * @param repeatsLeft how many repeats its budget would grant now
 * @param token how old its token is; null where it has none
 * @param turned whether its sessions are leased since it asked for an identifier
 */
public record PoolReport(String name, String breaker, int running, int limit, SessionCounts sessions, long stopped,
		long leftToCooldown, long sent, long repeated, int repeatsLeft, @Nullable TokenTimes token, boolean turned) {
}
