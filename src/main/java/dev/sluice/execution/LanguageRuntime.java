package dev.sluice.execution;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A language in one exact version, as {@code GET /api/v2/runtimes} lists it.
 *
 * @param language the canonical name
 * @param version the exact version, such as {@code 3.12.1}
 * @param aliases other names of the language
 * @param runtime the package that provides it, where one provides several languages
 */
public record LanguageRuntime(String language, String version, List<String> aliases, @Nullable String runtime) {

	public LanguageRuntime {
		aliases = List.copyOf(aliases);
	}

	/**
	 * Whether a client's word means this language. Names are case-sensitive, as Piston's
	 * are.
	 * @param name a name or an alias
	 * @return whether it is one of this language's
	 */
	public boolean answersTo(String name) {
		return this.language.equals(name) || this.aliases.contains(name);
	}

}
