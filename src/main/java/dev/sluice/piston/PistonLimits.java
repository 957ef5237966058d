package dev.sluice.piston;

import java.time.Duration;

import dev.sluice.execution.StageLimits;
import org.jspecify.annotations.Nullable;

/**
 * The most that a request may ask for. A limit of 0 or less lets it ask for anything.
 *
 * @param compileTimeout wall-clock time of a compilation
 * @param runTimeout wall-clock time of a run
 * @param compileCpuTime processor time of a compilation
 * @param runCpuTime processor time of a run
 * @param compileMemory memory of a compilation, in bytes
 * @param runMemory memory of a run, in bytes
 */
public record PistonLimits(Duration compileTimeout, Duration runTimeout, Duration compileCpuTime, Duration runCpuTime,
		long compileMemory, long runMemory) {

	private static final Duration NONE = Duration.ZERO;

	/** No limits. */
	static final PistonLimits UNLIMITED = new PistonLimits(NONE, NONE, NONE, NONE, StageLimits.UNBOUNDED,
			StageLimits.UNBOUNDED);

	/**
	 * Limits of time alone: memory is bounded by the engine, whatever is asked.
	 * @param compile the limits of a compilation
	 * @param run the limits of a run
	 * @return the limits
	 */
	public static PistonLimits ofTimes(StageLimits compile, StageLimits run) {
		return new PistonLimits(orNone(compile.wallTime()), orNone(run.wallTime()), orNone(compile.cpuTime()),
				orNone(run.cpuTime()), StageLimits.UNBOUNDED, StageLimits.UNBOUNDED);
	}

	private static Duration orNone(@Nullable Duration limit) {
		return (limit != null) ? limit : NONE;
	}

	long of(LimitName name) {
		return switch (name) {
			case COMPILE_MEMORY_LIMIT -> this.compileMemory;
			case RUN_MEMORY_LIMIT -> this.runMemory;
			case COMPILE_TIMEOUT -> this.compileTimeout.toMillis();
			case RUN_TIMEOUT -> this.runTimeout.toMillis();
			case COMPILE_CPU_TIME -> this.compileCpuTime.toMillis();
			case RUN_CPU_TIME -> this.runCpuTime.toMillis();
		};
	}

}
