package dev.sluice.engine;

import java.time.Duration;

import dev.sluice.execution.StageLimits;
import org.jspecify.annotations.Nullable;

/**
 * What one stage may really use, once the request, the language and the engine's ceilings
 * were heard.
 *
 * @param wallTime from its start to its end
 * @param cpuTime processor time of all its processes
 * @param memory memory of all its processes, in bytes
 */
record Limits(Duration wallTime, Duration cpuTime, long memory) {

	/**
	 * Applies what a request asks for.
	 * @param asked the request's limits; a null keeps ours, none gets the ceiling
	 * @param ceiling the most there is
	 * @return limits that are never above the ceiling
	 */
	Limits with(StageLimits asked, Limits ceiling) {
		return new Limits(least(asked.wallTime(), this.wallTime, ceiling.wallTime),
				least(asked.cpuTime(), this.cpuTime, ceiling.cpuTime),
				least(asked.memory(), this.memory, ceiling.memory));
	}

	private static Duration least(@Nullable Duration asked, Duration usual, Duration ceiling) {
		Duration wanted = (asked != null) ? asked : usual;
		return (wanted.isZero() || wanted.compareTo(ceiling) > 0) ? ceiling : wanted;
	}

	private static long least(@Nullable Long asked, long usual, long ceiling) {
		long wanted = (asked != null) ? asked : usual;
		return (wanted <= 0) ? ceiling : Math.min(wanted, ceiling);
	}

}
