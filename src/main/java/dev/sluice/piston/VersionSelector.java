package dev.sluice.piston;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.LanguageRuntime;
import org.jspecify.annotations.Nullable;
import org.semver4j.Semver;

/**
 * Chooses a runtime by a semver range, which is read much as npm's {@code satisfies}
 * does: the highest version that fits wins.
 */
public final class VersionSelector {

	/** The library's patterns take a time that grows faster than what they read. */
	private static final int LONGEST = 256;

	private static final Pattern SPACES = Pattern.compile("\\s+");

	private static final Pattern WORD = Pattern.compile("^[A-Za-z]{2}");

	private record Candidate(LanguageRuntime runtime, Semver version) {
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
		return runtimes.stream()
			.filter((runtime) -> runtime.answersTo(language))
			.map(VersionSelector::candidate)
			.flatMap(Optional::stream)
			.filter((candidate) -> fits(candidate.version(), selector))
			.max(Comparator.comparing(Candidate::version))
			.map(Candidate::runtime)
			.orElseThrow(() -> PistonRequest.invalid(language + "-" + selector + " runtime is unknown"));
	}

	private static Optional<Candidate> candidate(LanguageRuntime runtime) {
		@Nullable Semver version = Semver.coerce(runtime.version());
		return Optional.ofNullable(version).map((known) -> new Candidate(runtime, known));
	}

	private static boolean fits(Semver version, String selector) {
		if (selector.length() > LONGEST) {
			return false;
		}
		return Arrays.stream(selector.split("\\|\\|", -1))
			.anyMatch((range) -> fitsRange(version, SPACES.matcher(range.strip()).replaceAll(" ")));
	}

	/**
	 * Mends where the library is not npm's: a lone x is any version, and a word such as
	 * latest is none.
	 */
	private static boolean fitsRange(Semver version, String range) {
		if (range.equalsIgnoreCase("x")) {
			return version.satisfies("*");
		}
		try {
			return !WORD.matcher(range).find() && version.satisfies(range);
		}
		catch (RuntimeException ex) {
			// What the library can't read is no range; it says so in more than one way.
			return false;
		}
	}

}
