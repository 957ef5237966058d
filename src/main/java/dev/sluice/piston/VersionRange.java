package dev.sluice.piston;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A range of versions as npm's semver 7.3.5 reads it, which is what a Piston asks. Each
 * of its shorthands is rewritten into plain comparisons, step by step as npm does it: so
 * what is odd there is odd here.
 */
final class VersionRange {

	/** The patterns take a time that grows faster than what they read. */
	private static final int LONGEST = 256;

	private static final String PLAIN = "[v= ]*(ID)(?:\\.(ID)(?:\\.(ID)(?:P)?(?:B)?)?)?"
		.replace("ID", Version.NUMBER + "|x|X|\\*")
		.replace("P", Version.PRERELEASE)
		.replace("B", Version.BUILD);

	private static final String LOOSE = "[v= ]*[0-9]+\\.[0-9]+\\.[0-9]+"
			+ "(?:-?(?:[0-9]*[a-zA-Z-][a-zA-Z0-9-]*|[0-9]+)(?:\\.(?:[0-9]*[a-zA-Z-][a-zA-Z0-9-]*|[0-9]+))*)?(?:"
			+ Version.BUILD + ")?";

	private static final Pattern SPACES = Pattern
		.compile("[\\s\\x{a0}\\x{feff}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}]+");

	private static final Pattern HYPHEN = Pattern.compile("(" + PLAIN + ") - (" + PLAIN + ")");

	private static final Pattern AFTER_OPERATOR = Pattern.compile("( ?)([<>]?=?) ?(" + LOOSE + "|" + PLAIN + ")");

	private static final Pattern AFTER_TILDE = Pattern.compile("~>? ");

	private static final Pattern AFTER_CARET = Pattern.compile("\\^ ");

	private static final Pattern CARET = Pattern.compile("\\^" + PLAIN);

	private static final Pattern TILDE = Pattern.compile("~>?" + PLAIN);

	private static final Pattern PARTIAL = Pattern.compile("([<>]?=?)" + PLAIN);

	private static final Pattern STAR = Pattern.compile("[<>]?=?\\*");

	private static final Pattern COMPARISON = Pattern.compile("([<>]?=?)(.*)");

	/** As in npm's, its points stand for any character. */
	private static final Pattern FROM_ZERO = Pattern.compile(">=0.0.0");

	/** Nothing is less than it. */
	private static final String NOTHING = "<0.0.0-0";

	/** A version that is compared with, and how; any version where there is none. */
	private record Comparison(String operator, @Nullable Version version) {

		boolean holds(Version other) {
			if (this.version == null) {
				return true;
			}
			int order = other.compareTo(this.version);
			return switch (this.operator) {
				case ">" -> order > 0;
				case ">=" -> order >= 0;
				case "<" -> order < 0;
				case "<=" -> order <= 0;
				default -> order == 0;
			};
		}

	}

	/** Says that a text is no range. */
	private static final class NoRangeException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		NoRangeException() {
			super(null, null, false, false);
		}

	}

	private final List<List<Comparison>> alternatives;

	private VersionRange(List<List<Comparison>> alternatives) {
		this.alternatives = alternatives;
	}

	/**
	 * Reads a range.
	 * @param text the text
	 * @return the range, in which nothing is where the text is none
	 */
	static VersionRange parse(String text) {
		if (text.length() > LONGEST) {
			return new VersionRange(List.of());
		}
		try {
			List<List<Comparison>> alternatives = new ArrayList<>();
			for (String alternative : SPACES.matcher(text).replaceAll(" ").split(" ?\\|\\| ?", -1)) {
				alternatives.add(comparisons(alternative.strip()));
			}
			List<Comparison> any = List.of(new Comparison("", null));
			return new VersionRange(alternatives.contains(any) ? List.of(any) : alternatives);
		}
		catch (NoRangeException ex) {
			return new VersionRange(List.of());
		}
	}

	/**
	 * Whether a version is in the range. A prerelease is only where the range names one
	 * of the very same numbers.
	 * @param version the version
	 * @return whether it is
	 */
	boolean holds(Version version) {
		return this.alternatives.stream().anyMatch((all) -> holds(all, version));
	}

	private static boolean holds(List<Comparison> all, Version version) {
		return all.stream().allMatch((one) -> one.holds(version)) && (!version.isPrerelease() || all.stream()
			.map(Comparison::version)
			.anyMatch((named) -> named != null && named.isPrerelease() && named.hasSameNumbers(version)));
	}

	private static List<Comparison> comparisons(String text) {
		String range = rewritten(HYPHEN, text, VersionRange::hyphen);
		range = AFTER_OPERATOR.matcher(range).replaceAll("$1$2$3");
		range = AFTER_TILDE.matcher(range).replaceAll("~");
		range = AFTER_CARET.matcher(range).replaceAll("^");
		List<String> plain = new ArrayList<>();
		for (String part : range.split(" ", -1)) {
			plain.add(plain(part));
		}
		List<Comparison> comparisons = new ArrayList<>();
		for (String part : String.join(" ", plain).split(" +", -1)) {
			Comparison comparison = comparison(part);
			if (comparison.version() != null) {
				comparisons.add(comparison);
			}
		}
		return comparisons.isEmpty() ? List.of(new Comparison("", null)) : comparisons;
	}

	/** Whatever is in it may be more than one comparison behind each rewriting. */
	private static String plain(String part) {
		String tildes = rewritten(CARET, part, VersionRange::caret);
		tildes = eachRewritten(TILDE, tildes, VersionRange::tilde);
		String stars = eachRewritten(PARTIAL, tildes, VersionRange::partial);
		return STAR.matcher(stars.strip()).replaceFirst("");
	}

	private static Comparison comparison(String text) {
		if (text.isEmpty() || FROM_ZERO.matcher(text).matches()) {
			return new Comparison("", null);
		}
		Matcher parts = COMPARISON.matcher(text);
		Version version = parts.matches() ? Version.parse(parts.group(2)) : null;
		if (version == null) {
			throw new NoRangeException();
		}
		return new Comparison(parts.group(1), version);
	}

	private static String hyphen(MatchResult match) {
		Partial from = new Partial(match, 2);
		Partial to = new Partial(match, 7);
		String lower = from.isAny() ? "" : from.isWhole() ? ">=" + match.group(1) : ">=" + from.lowest();
		String upper = to.isAny() ? "" : !to.isWhole() ? "<" + to.next()
				: (to.prerelease() != null) ? "<=" + to.lowest() : "<=" + match.group(6);
		return (lower + " " + upper).strip();
	}

	private static String caret(MatchResult match) {
		Partial version = new Partial(match, 1);
		return version.isAny() ? "" : ">=" + version.lowest() + " <" + version.nextBreaking();
	}

	private static String tilde(MatchResult match) {
		Partial version = new Partial(match, 1);
		return version.isAny() ? "" : ">=" + version.lowest() + " <" + version.next();
	}

	private static String partial(MatchResult match) {
		String operator = match.group(1);
		Partial version = new Partial(match, 2);
		if (version.isAny()) {
			return (operator.equals(">") || operator.equals("<")) ? NOTHING : "*";
		}
		if (version.isWhole()) {
			return match.group();
		}
		return switch (operator) {
			case ">" -> ">=" + version.next().replace("-0", "");
			case ">=" -> ">=" + version.lowest();
			case "<" -> "<" + version.lowest() + "-0";
			case "<=" -> "<" + version.next();
			default -> ">=" + version.lowest() + " <" + version.next();
		};
	}

	private static String eachRewritten(Pattern pattern, String text, Function<MatchResult, String> rewriting) {
		List<String> parts = new ArrayList<>();
		for (String part : text.strip().split(" +", -1)) {
			parts.add(rewritten(pattern, part, rewriting));
		}
		return String.join(" ", parts);
	}

	private static String rewritten(Pattern pattern, String text, Function<MatchResult, String> rewriting) {
		Matcher whole = pattern.matcher(text);
		return whole.matches() ? rewriting.apply(whole) : text;
	}

	/**
	 * A version some of whose numbers may be missing, or an {@code x}.
	 */
	private record Partial(@Nullable String major, @Nullable String minor, @Nullable String patch,
			@Nullable String prerelease) {

		Partial(MatchResult match, int first) {
			this(match.group(first), match.group(first + 1), match.group(first + 2), match.group(first + 3));
		}

		boolean isAny() {
			return isX(this.major);
		}

		boolean isWhole() {
			return !isX(this.major) && !isX(this.minor) && !isX(this.patch);
		}

		/** The lowest version that it can mean. */
		String lowest() {
			String minorOrZero = isX(this.minor) ? "0" : String.valueOf(this.minor);
			String patchOrZero = isX(this.minor) || isX(this.patch) ? "0" : String.valueOf(this.patch);
			String behind = (isWhole() && this.prerelease != null) ? "-" + this.prerelease : "";
			return this.major + "." + minorOrZero + "." + patchOrZero + behind;
		}

		/** Where the next minor version begins, or the next major where it names none. */
		String next() {
			return isX(this.minor) ? after(this.major) + ".0.0-0" : this.major + "." + after(this.minor) + ".0-0";
		}

		/** Where the first number that is not 0 is the next one. */
		String nextBreaking() {
			if (!"0".equals(this.major) || isX(this.minor)) {
				return after(this.major) + ".0.0-0";
			}
			if (!"0".equals(this.minor) || isX(this.patch)) {
				return "0." + after(this.minor) + ".0-0";
			}
			return "0.0." + after(this.patch) + "-0";
		}

		private static String after(@Nullable String number) {
			return new BigInteger(String.valueOf(number)).add(BigInteger.ONE).toString();
		}

		private static boolean isX(@Nullable String number) {
			return number == null || number.equalsIgnoreCase("x") || number.equals("*");
		}

	}

}
