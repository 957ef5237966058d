package dev.sluice.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.sluice.engine.EngineProperties.ClassPatterns;
import dev.sluice.engine.EngineProperties.LanguageProperties;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.SourceFile;

/**
 * A language that was found on this machine.
 *
 * @param runtime its name and its real version
 * @param entry how it is compiled and run
 * @param compile what its compilation may use
 * @param run what its run may use
 * @param output how many bytes it may write to each stream
 */
record Language(LanguageRuntime runtime, LanguageProperties entry, Limits compile, Limits run, long output) {

	private static final Pattern NAMELESS = Pattern.compile("file\\d+\\.code");

	/**
	 * The program's files as they are to be called on the disk.
	 * @param files the files as the client named them
	 * @return the same files; the main one has the name that its compiler wants
	 */
	List<SourceFile> named(List<SourceFile> files) {
		List<SourceFile> named = new ArrayList<>(files);
		int main = mainIndex(files);
		SourceFile file = files.get(main);
		if (!file.name().endsWith(this.entry.extension())) {
			named.set(main, new SourceFile(wantedName(file), file.content(), file.text()));
		}
		return named;
	}

	/**
	 * A command of this language, for these files.
	 * @param template the command, with its placeholders
	 * @param files the files under their names on the disk
	 * @param memory the stage's memory limit in bytes
	 * @return the command
	 */
	List<String> command(List<String> template, List<SourceFile> files, long memory) {
		List<String> command = new ArrayList<>();
		SourceFile main = files.get(mainIndex(files));
		for (String word : template) {
			if (word.equals("{sources}")) {
				sources(files, main).forEach((name) -> command.add(argument(name)));
			}
			else if (word.equals("{main}")) {
				command.add(argument(main.name()));
			}
			else if (word.equals("{class}")) {
				command.add(className(main));
			}
			else {
				command.add(word.replace("{memory}", Long.toString(memory)));
			}
		}
		return command;
	}

	private List<String> sources(List<SourceFile> files, SourceFile main) {
		List<String> names = new ArrayList<>();
		names.add(main.name());
		files.stream()
			.map(SourceFile::name)
			.filter((name) -> name.endsWith(this.entry.extension()) && !name.equals(main.name()))
			.distinct()
			.forEach(names::add);
		return names;
	}

	private String wantedName(SourceFile main) {
		if (NAMELESS.matcher(main.name()).matches()) {
			String name = Optional.ofNullable(this.entry.classes())
				.map((patterns) -> new MainClass(patterns, main))
				.flatMap((found) -> found.fileName().or(found::name))
				.orElse("main");
			return name + this.entry.extension();
		}
		return main.name() + this.entry.extension();
	}

	private String className(SourceFile main) {
		String file = main.name().substring(main.name().lastIndexOf('/') + 1);
		String stem = file.substring(0, file.length() - this.entry.extension().length());
		ClassPatterns patterns = this.entry.classes();
		return (patterns != null) ? new MainClass(patterns, main).qualified(stem) : stem;
	}

	/** A name that a command can't take for an option. */
	private static String argument(String name) {
		return (name.startsWith("-") || name.startsWith("@")) ? "./" + name : name;
	}

	private static int mainIndex(List<SourceFile> files) {
		for (int i = 0; i < files.size(); i++) {
			if (files.get(i).text()) {
				return i;
			}
		}
		return 0;
	}

}
