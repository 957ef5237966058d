package dev.sluice.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import dev.sluice.engine.LaunchReport.End;
import dev.sluice.execution.Stage;
import dev.sluice.execution.Stream;

/**
 * Runs one of our own commands in a sandbox, to see what works on this machine.
 */
final class Probe {

	private static final Limits LIMITS = new Limits(Duration.ofSeconds(10), Duration.ofSeconds(10), 1L << 30);

	private static final int OUTPUT = 64 * 1024;

	/**
	 * What became of a command.
	 *
	 * @param worked whether it was started and ended with 0
	 * @param stdout what it wrote to standard output
	 * @param stderr what it, or the sandbox, wrote to standard error
	 */
	record Result(boolean worked, String stdout, String stderr) {
	}

	private final Launcher launcher;

	private final Path folder;

	private final Uids uids;

	Probe(Launcher launcher, Path folder, Uids uids) {
		this.launcher = launcher;
		this.folder = folder;
		this.uids = uids;
	}

	Result run(List<String> command) throws IOException, InterruptedException {
		try (User user = this.uids.take(); Workspace workspace = Workspace.open(this.folder, user)) {
			Excerpt texts = new Excerpt(OUTPUT);
			Process process = this.launcher.start(workspace, Stage.RUN, command, LIMITS);
			new StageRun(process, this.launcher.sandbox().hasNamespaces(), workspace.signals(),
					new Output(OUTPUT, texts))
				.await(Input.whole(""), LIMITS.wallTime());
			End end = LaunchReport.read(workspace.report()).end();
			boolean worked = end != null && end.exit() == 0 && end.signal() == 0;
			return new Result(worked, texts.text(Stream.STDOUT), texts.text(Stream.STDERR));
		}
	}

}
