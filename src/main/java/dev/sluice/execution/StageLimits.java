package dev.sluice.execution;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What a stage may use. A null leaves it to the engine's own default; {@link #NONE} and
 * {@link #UNBOUNDED} ask for no limit, and get the engine's ceiling.
 *
 * @param wallTime the time from its start to its end
 * @param cpuTime the processor time of all its processes
 * @param memory the memory of all its processes, in bytes
 */
public record StageLimits(@Nullable Duration wallTime, @Nullable Duration cpuTime, @Nullable Long memory) {

	/** No limit of time. */
	public static final Duration NONE = Duration.ZERO;

	/** No limit of memory. */
	public static final long UNBOUNDED = -1;

	/** The engine's own defaults. */
	public static final StageLimits DEFAULT = new StageLimits(null, null, null);

}
