package dev.sluice.engine;

import java.time.Duration;

import dev.sluice.engine.LaunchReport.End;
import dev.sluice.engine.LaunchReport.Why;
import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.StageResult;
import dev.sluice.execution.Status;
import dev.sluice.execution.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what the launcher reported of a stage into Piston's words.
 */
final class StageOutcome {

	private static final Logger logger = LoggerFactory.getLogger(StageOutcome.class);

	private final @Nullable Stream overflown;

	private final String complaint;

	private final Duration cpuTime;

	/**
	 * Makes the outcome of a stage.
	 * @param overflown the stream that went over its limit, or null
	 * @param complaint how what it wrote to standard error begins, for the log
	 * @param cpuTime its limit of processor time, to know a kernel's kill for it
	 */
	StageOutcome(@Nullable Stream overflown, String complaint, Duration cpuTime) {
		this.overflown = overflown;
		this.complaint = complaint;
		this.cpuTime = cpuTime;
	}

	/**
	 * How the stage ended.
	 * @param report what the launcher wrote
	 * @param exitStatus the outermost process's, for the log
	 * @return the result
	 * @throws ExecutionFailure where the sandbox failed, so that there is none
	 */
	StageResult result(LaunchReport report, int exitStatus) {
		End end = report.end();
		if ("too long".equals(report.problem())) {
			throw ExecutionFailure.refused(FailureCode.INVALID_REQUEST,
					"args are longer than the system can hand to a program");
		}
		if (report.problem() != null || !report.started() || end == null && this.overflown == null) {
			logger.warn("The sandbox failed: {} exit status {} {}", report, exitStatus, quoted(this.complaint));
			throw failed(executed(report));
		}
		if (this.overflown != null) {
			boolean out = this.overflown == Stream.STDOUT;
			return killed(end, out ? Status.OL : Status.EL, this.overflown.text() + " length exceeded");
		}
		return ended(end);
	}

	private StageResult ended(@Nullable End end) {
		if (end == null) {
			throw new IllegalStateException("A stage without an end");
		}
		boolean outOfCpu = end.why() == Why.CPU
				|| end.signal() == Signals.KILL && end.cpuTime().compareTo(this.cpuTime) >= 0;
		if (end.why() == Why.BLIND) {
			throw failed(Executed.YES);
		}
		if (end.why() == Why.WALL) {
			return killed(end, Status.TO, "Time limit exceeded (wall clock)");
		}
		if (outOfCpu) {
			return killed(end, Status.TO, "Time limit exceeded");
		}
		if (end.signal() != 0) {
			return of(end, null, Signals.name(end.signal()), Status.SG, "Caught fatal signal " + end.signal());
		}
		if (end.exit() != 0) {
			return of(end, end.exit(), null, Status.RE, "Exited with error status " + end.exit());
		}
		return of(end, 0, null, null, null);
	}

	private static ExecutionFailure failed(Executed executed) {
		return ExecutionFailure.broken(FailureCode.SANDBOX_FAILED, executed,
				"The sandbox failed, so there is no verdict on the program; its log says why");
	}

	/** A program's words must not look like lines of ours. */
	private static String quoted(String text) {
		return text.strip().replaceAll("\\p{Cntrl}+", " ");
	}

	private static Executed executed(LaunchReport report) {
		return (report.started() && report.problem() == null) ? Executed.YES : Executed.NO;
	}

	private StageResult killed(@Nullable End end, Status status, String message) {
		return of(end, null, Signals.name(Signals.KILL), status, message);
	}

	private StageResult of(@Nullable End end, @Nullable Integer code, @Nullable String signal, @Nullable Status status,
			@Nullable String message) {
		return new StageResult(code, signal, status, message, (end != null) ? end.memory() : null,
				(end != null) ? end.cpuTime() : null, (end != null) ? end.wallTime() : null);
	}

}
