package dev.sluice.piston;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A version as npm's semver 7.3.5 reads and orders them.
 *
 * @param major the first number
 * @param minor the second number
 * @param patch the third number
 * @param prerelease what stands behind a hyphen, such as {@code beta.2}, in its parts
 */
record Version(long major, long minor, long patch, List<String> prerelease) implements Comparable<Version> {

	static final String NUMBER = "(?:0|[1-9][0-9]*)";

	static final String PRERELEASE = "-(PART(?:\\.PART)*)".replace("PART",
			"(?:[0-9]*[a-zA-Z-][a-zA-Z0-9-]*|" + NUMBER + ")");

	static final String BUILD = "\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*";

	/** JavaScript's largest whole number. */
	private static final long MOST = (1L << 53) - 1;

	private static final int MOST_DIGITS = 16;

	private static final Pattern WHOLE = Pattern
		.compile("v?(N)\\.(N)\\.(N)(?:P)?(?:B)?".replace("N", NUMBER).replace("P", PRERELEASE).replace("B", BUILD));

	private static final Pattern SOMEWHERE = Pattern
		.compile("(?<![0-9])([0-9]{1,16})(?:\\.([0-9]{1,16}))?(?:\\.([0-9]{1,16}))?(?![0-9])");

	private static final Comparator<Version> NUMBERS = Comparator.comparingLong(Version::major)
		.thenComparingLong(Version::minor)
		.thenComparingLong(Version::patch);

	/**
	 * Reads a version.
	 * @param text the text, all of which must be the version
	 * @return the version; null where it is none
	 */
	static @Nullable Version parse(String text) {
		Matcher parts = WHOLE.matcher(text);
		return parts.matches() ? of(parts, (parts.group(4) != null) ? List.of(parts.group(4).split("\\.")) : List.of())
				: null;
	}

	/**
	 * Reads what a runtime calls its version, which may have less than three numbers.
	 * @param text the text
	 * @return the version; null where there is no number in it
	 */
	static @Nullable Version coerce(String text) {
		Version whole = parse(text.strip());
		Matcher parts = SOMEWHERE.matcher(text);
		return (whole == null && parts.find()) ? of(parts, List.of()) : whole;
	}

	private static @Nullable Version of(Matcher parts, List<String> prerelease) {
		long major = number(parts.group(1));
		long minor = number(parts.group(2));
		long patch = number(parts.group(3));
		return (Math.max(major, Math.max(minor, patch)) > MOST) ? null : new Version(major, minor, patch, prerelease);
	}

	private static long number(@Nullable String digits) {
		if (digits == null) {
			return 0;
		}
		return (digits.length() > MOST_DIGITS) ? Long.MAX_VALUE : Long.parseLong(digits);
	}

	boolean isPrerelease() {
		return !this.prerelease.isEmpty();
	}

	boolean hasSameNumbers(Version other) {
		return NUMBERS.compare(this, other) == 0;
	}

	@Override
	public int compareTo(Version other) {
		int numbers = NUMBERS.compare(this, other);
		if (numbers != 0) {
			return numbers;
		}
		if (isPrerelease() != other.isPrerelease()) {
			return isPrerelease() ? -1 : 1;
		}
		for (int i = 0; i < Math.min(this.prerelease.size(), other.prerelease.size()); i++) {
			int part = compare(this.prerelease.get(i), other.prerelease.get(i));
			if (part != 0) {
				return part;
			}
		}
		return Integer.compare(this.prerelease.size(), other.prerelease.size());
	}

	/** Numbers come before words. */
	private static int compare(String one, String other) {
		boolean number = one.matches("[0-9]+");
		if (number != other.matches("[0-9]+")) {
			return number ? -1 : 1;
		}
		return number ? new BigInteger(one).compareTo(new BigInteger(other)) : one.compareTo(other);
	}

}
