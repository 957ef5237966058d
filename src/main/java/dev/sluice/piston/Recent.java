package dev.sluice.piston;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What was found of late for a language and a version: the same few words are asked for
 * again and again. Safe for any thread.
 *
 * @param <V> what is found
 */
public final class Recent<V> {

	private static final int REMEMBERED = 1000;

	/** Names and selectors are short; what is longer is not worth its memory. */
	private static final int LONGEST_REMEMBERED = 200;

	private record Words(String language, String version) {
	}

	private final Map<Words, V> found = new ConcurrentHashMap<>();

	/**
	 * What was found before, or else is found now.
	 * @param language the language that is asked for
	 * @param version the version
	 * @param find finds it; what it fails with is not remembered
	 * @return what was found
	 */
	public V find(String language, String version, Supplier<V> find) {
		if (language.length() + version.length() > LONGEST_REMEMBERED) {
			return find.get();
		}
		Words words = new Words(language, version);
		V before = this.found.get(words);
		if (before != null) {
			return before;
		}
		V now = find.get();
		if (this.found.size() >= REMEMBERED) {
			this.found.clear();
		}
		this.found.put(words, now);
		return now;
	}

}
