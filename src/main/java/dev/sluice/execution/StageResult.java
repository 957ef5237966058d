package dev.sluice.execution;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How one stage of a program ended. What it wrote is told by its events alone.
 *
 * @param code the exit code; null where a signal ended it
 * @param signal the name of the signal that ended it, such as {@code SIGKILL}
 * @param status how it ended; null where it ended well
 * @param message the status in words
 * @param memory the peak memory of its largest process in bytes; null where it is unknown
 * @param cpuTime the processor time of all its processes; null where it is unknown
 * @param wallTime the time from its start to its end
 */
public record StageResult(@Nullable Integer code, @Nullable String signal, @Nullable Status status,
		@Nullable String message, @Nullable Long memory, @Nullable Duration cpuTime, @Nullable Duration wallTime) {

	/**
	 * Whether the next stage may start.
	 * @return whether the exit code is 0
	 */
	public boolean succeeded() {
		return this.code != null && this.code == 0 && this.status == null;
	}

}
