package dev.sluice.engine;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.sluice.engine.EngineProperties.ClassPatterns;
import dev.sluice.execution.SourceFile;

/**
 * Finds in a source file what its compiler wants to know. It takes a time that grows as
 * the file does: each pattern is only ever searched for from where the last was found.
 */
final class MainClass {

	private final ClassPatterns patterns;

	private final String text;

	MainClass(ClassPatterns patterns, SourceFile file) {
		this.patterns = patterns;
		String source = StandardCharsets.UTF_8.decode(file.content()).toString();
		this.text = Pattern.compile(patterns.comment(), Pattern.DOTALL).matcher(source).replaceAll(" ");
	}

	/**
	 * The class that the file must be called after.
	 * @return its name, where the language asks for it
	 */
	Optional<String> fileName() {
		return first(this.patterns.open());
	}

	/**
	 * The class to run: the last that begins before the first entry point.
	 * @return its name, where there is an entry point
	 */
	Optional<String> name() {
		Matcher entry = Pattern.compile(this.patterns.entry()).matcher(this.text);
		if (!entry.find()) {
			return Optional.empty();
		}
		Matcher type = Pattern.compile(this.patterns.type()).matcher(this.text).region(0, entry.start());
		String name = null;
		while (type.find()) {
			name = type.group(1);
		}
		return Optional.ofNullable(name);
	}

	/**
	 * The class to run behind its package.
	 * @param usual the class's name where there is no entry point
	 * @return the qualified name
	 */
	String qualified(String usual) {
		String name = name().orElse(usual);
		return first(this.patterns.container()).map((prefix) -> prefix + "." + name).orElse(name);
	}

	private Optional<String> first(String pattern) {
		Matcher matcher = Pattern.compile(pattern).matcher(this.text);
		return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
	}

}
