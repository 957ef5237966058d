package dev.sluice.api;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.piston.PistonLimits;
import dev.sluice.piston.PistonOutline;

/**
 * Which runtimes were chosen of late: the same few words are asked for again and again.
 */
final class Choices {

	private static final int REMEMBERED = 1000;

	/** Names and selectors are short; what is longer is not worth its memory. */
	private static final int LONGEST_REMEMBERED = 200;

	/**
	 * A runtime, and what may be asked of it.
	 *
	 * @param runtime the runtime
	 * @param most the most that a request may ask for
	 */
	record Choice(LanguageRuntime runtime, PistonLimits most) {
	}

	private record Words(String language, String version) {
	}

	private record Of(List<LanguageRuntime> runtimes, Map<Words, Choice> chosen) {
	}

	private final LimitsProperties limits;

	private volatile Of latest = new Of(List.of(), Map.of());

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
		if (asked.language().length() + asked.version().length() > LONGEST_REMEMBERED) {
			return chosen(asked, runtimes);
		}
		Map<Words, Choice> remembered = of(runtimes).chosen();
		Words words = new Words(asked.language(), asked.version());
		Choice before = remembered.get(words);
		if (before != null) {
			return before;
		}
		Choice choice = chosen(asked, runtimes);
		if (remembered.size() >= REMEMBERED) {
			remembered.clear();
		}
		remembered.put(words, choice);
		return choice;
	}

	private Of of(List<LanguageRuntime> runtimes) {
		Of now = this.latest;
		if (!now.runtimes().equals(runtimes)) {
			now = new Of(runtimes, new ConcurrentHashMap<>());
			this.latest = now;
		}
		return now;
	}

	private Choice chosen(PistonOutline asked, List<LanguageRuntime> runtimes) {
		LanguageRuntime runtime = asked.choose(runtimes);
		return new Choice(runtime, this.limits.of(runtime));
	}

}
