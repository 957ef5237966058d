package dev.sluice.piston;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import dev.sluice.execution.LanguageRuntime;
import org.jspecify.annotations.Nullable;
import org.semver4j.Semver;
import org.semver4j.SemverException;

/**
 * Chooses a runtime by a semver range, as npm's {@code satisfies} reads it: the highest
 * version that fits wins.
 */
final class VersionSelector {

	private record Candidate(LanguageRuntime runtime, Semver version) {
	}

	private VersionSelector() {
	}

	static LanguageRuntime choose(List<LanguageRuntime> runtimes, String language, String selector) {
		return runtimes.stream()
			.filter((runtime) -> runtime.answersTo(language))
			.map(VersionSelector::candidate)
			.flatMap(Optional::stream)
			.filter((candidate) -> fits(candidate.version(), selector.strip()))
			.max(Comparator.comparing(Candidate::version))
			.map(Candidate::runtime)
			.orElseThrow(() -> PistonRequest.invalid(language + "-" + selector + " runtime is unknown"));
	}

	private static Optional<Candidate> candidate(LanguageRuntime runtime) {
		@Nullable Semver version = Semver.coerce(runtime.version());
		return Optional.ofNullable(version).map((known) -> new Candidate(runtime, known));
	}

	private static boolean fits(Semver version, String selector) {
		try {
			return version.satisfies(selector);
		}
		catch (SemverException ex) {
			return false;
		}
	}

}
