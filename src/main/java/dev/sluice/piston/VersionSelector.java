package dev.sluice.piston;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.LanguageRuntime;

/**
 * Chooses a runtime by a semver range, which is read as npm's {@code satisfies} does: the
 * highest version that fits wins.
 */
public final class VersionSelector {

	private record Candidate(LanguageRuntime runtime, Version version) {
	}

	private VersionSelector() {
	}

	/**
	 * Chooses a runtime.
	 * @param runtimes the runtimes there are
	 * @param language a name or an alias
	 * @param selector a semver range
	 * @return the highest version that fits
	 * @throws ExecutionFailure with {@link FailureCode#INVALID_REQUEST} and Piston's
	 * words where none does
	 */
	public static LanguageRuntime choose(List<LanguageRuntime> runtimes, String language, String selector) {
		VersionRange range = VersionRange.parse(selector);
		return runtimes.stream()
			.filter((runtime) -> runtime.answersTo(language))
			.map(VersionSelector::candidate)
			.flatMap(Optional::stream)
			.filter((candidate) -> range.holds(candidate.version()))
			.max(Comparator.comparing(Candidate::version))
			.map(Candidate::runtime)
			.orElseThrow(() -> PistonRequest.invalid(language + "-" + selector + " runtime is unknown"));
	}

	private static Optional<Candidate> candidate(LanguageRuntime runtime) {
		return Optional.ofNullable(Version.coerce(runtime.version())).map((version) -> new Candidate(runtime, version));
	}

}
