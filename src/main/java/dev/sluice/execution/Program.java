package dev.sluice.execution;

import java.util.List;

/**
 * A client's program, ready to run.
 *
 * @param runtime the language and version to run it with
 * @param files its files
 * @param args its arguments
 * @param stdin what it reads from standard input, to the end of the file
 * @param compile what its compilation may use
 * @param run what its run may use
 */
public record Program(LanguageRuntime runtime, List<SourceFile> files, List<String> args, String stdin,
		StageLimits compile, StageLimits run) {

	public Program {
		files = List.copyOf(files);
		args = List.copyOf(args);
	}

}
