package dev.sluice.http;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Whose web pages may call. A browser names a page's origin with each call that it makes
 * for one; who is no browser names none.
 */
public final class Origins {

	/** Stands for all of them. */
	static final String ANY = "*";

	private static final Pattern ORIGIN = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#@\\s]+");

	private final boolean any;

	private final Set<String> allowed;

	/**
	 * Makes the rule.
	 * @param allowed the origins, such as {@code https://app.example}, or {@code *}
	 */
	public Origins(Collection<String> allowed) {
		this.any = allowed.contains(ANY);
		this.allowed = allowed.stream().map(Origins::written).collect(Collectors.toUnmodifiableSet());
	}

	/**
	 * Whether a text can be one of the rule's.
	 * @param text the text
	 * @return whether it is an origin as browsers write them, or stands for all
	 */
	static boolean isOne(String text) {
		return text.equals(ANY) || ORIGIN.matcher(text).matches();
	}

	/**
	 * Whether a call may come.
	 * @param origin the origin that it names; null where it names none, and so is not a
	 * page's
	 * @return whether to serve it
	 */
	public boolean allows(@Nullable String origin) {
		return origin == null || this.any || this.allowed.contains(written(origin));
	}

	boolean isAny() {
		return this.any;
	}

	boolean isNone() {
		return this.allowed.isEmpty();
	}

	private static String written(String origin) {
		return origin.toLowerCase(Locale.ROOT);
	}

}
