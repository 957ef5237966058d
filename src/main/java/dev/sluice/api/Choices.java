package dev.sluice.api;

import java.util.List;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.piston.PistonLimits;
import dev.sluice.piston.PistonOutline;
import dev.sluice.piston.Recent;

/**
 * Which runtimes were chosen of late.
 */
final class Choices {

	/**
	 * A runtime, and what may be asked of it.
	 *
	 * @param runtime the runtime
	 * @param most the most that a request may ask for
	 */
	record Choice(LanguageRuntime runtime, PistonLimits most) {
	}

	private record Of(List<LanguageRuntime> runtimes, Recent<Choice> chosen) {
	}

	private final LimitsProperties limits;

	private volatile Of latest = new Of(List.of(), new Recent<>());

	Choices(LimitsProperties limits) {
		this.limits = limits;
	}

	/**
	 * Chooses a runtime.
	 * @param asked the request
	 * @param runtimes the runtimes there are; another list makes what was chosen of
	 * another one forgotten
	 * @return the choice
	 * @throws ExecutionFailure with {@link FailureCode#INVALID_REQUEST} where there is
	 * none
	 */
	Choice choose(PistonOutline asked, List<LanguageRuntime> runtimes) {
		return of(runtimes).chosen().find(asked.language(), asked.version(), () -> chosen(asked, runtimes));
	}

	private Of of(List<LanguageRuntime> runtimes) {
		Of now = this.latest;
		if (!now.runtimes().equals(runtimes)) {
			now = new Of(runtimes, new Recent<>());
			this.latest = now;
		}
		return now;
	}

	private Choice chosen(PistonOutline asked, List<LanguageRuntime> runtimes) {
		LanguageRuntime runtime = asked.choose(runtimes);
		return new Choice(runtime, this.limits.of(runtime));
	}

}
