package dev.sluice.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

import dev.sluice.execution.Event;
import dev.sluice.execution.Program;
import dev.sluice.execution.SourceFile;
import dev.sluice.execution.Stage;
import dev.sluice.execution.StageResult;
import dev.sluice.execution.Stream;
import dev.sluice.execution.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * One program, from its files to its verdict. It blocks its thread, which must be one
 * that outlives the program's processes.
 */
final class ProgramRun {

	/** How much of a failed sandbox's words the log shows. */
	private static final int SHOWN = 300;

	private final Launcher launcher;

	private final Language language;

	private final Program program;

	private final Input input;

	private final Limits ceiling;

	private final Consumer<Event> events;

	private @Nullable StageRun current;

	private boolean stopped;

	ProgramRun(Launcher launcher, Language language, Program program, Input input, Limits ceiling,
			Consumer<Event> events) {
		this.launcher = launcher;
		this.language = language;
		this.program = program;
		this.input = input;
		this.ceiling = ceiling;
		this.events = events;
	}

	/**
	 * Compiles and runs the program; its last event is the verdict. Ends without one
	 * where it was stopped.
	 * @param folder where to keep its files
	 * @param user who to run it as
	 * @throws IOException where the disk or the process table does not allow it
	 * @throws InterruptedException where the engine is closing
	 */
	void run(Path folder, User user) throws IOException, InterruptedException {
		try (Workspace workspace = Workspace.open(folder, user)) {
			List<SourceFile> files = this.language.named(this.program.files());
			workspace.write(files);
			this.events.accept(new Event.Chosen(this.program.runtime()));
			StageResult compile = null;
			if (!this.language.entry().compile().isEmpty()) {
				Limits limits = this.language.compile().with(this.program.compile(), this.ceiling);
				compile = stage(workspace, Stage.COMPILE,
						this.language.command(this.language.entry().compile(), files, limits.memory()), limits,
						Input.whole(""));
			}
			StageResult run = compile;
			if (run == null || run.succeeded()) {
				Limits limits = this.language.run().with(this.program.run(), this.ceiling);
				List<String> command = this.language.command(this.language.entry().run(), files, limits.memory());
				command.addAll(this.program.args());
				run = stage(workspace, Stage.RUN, command, limits, this.input);
			}
			this.events.accept(new Event.Ended(new Verdict(this.program.runtime(), compile, run)));
		}
	}

	/**
	 * Ends the program, at whatever stage it is.
	 */
	synchronized void stop() {
		this.stopped = true;
		if (this.current != null) {
			this.current.stop();
		}
	}

	private StageResult stage(Workspace workspace, Stage stage, List<String> command, Limits limits, Input input)
			throws IOException, InterruptedException {
		workspace.killWhatRuns();
		this.events.accept(new Event.Began(stage));
		Excerpt complaint = new Excerpt(SHOWN);
		Output output = new Output(this.language.output(), complaint.andThen(this.events));
		StageRun run = start(workspace, stage, command, limits, output);
		int exitStatus;
		try {
			exitStatus = run.await(input, limits.wallTime());
		}
		finally {
			if (run.wasForced() || !this.launcher.sandbox().hasNamespaces()) {
				workspace.mayStillRun();
			}
		}
		StageResult result = new StageOutcome(output.overflown(), complaint.text(Stream.STDERR), limits.cpuTime())
			.result(LaunchReport.read(workspace.report()), exitStatus);
		this.events.accept(new Event.Exited(stage, result));
		return result;
	}

	private synchronized StageRun start(Workspace workspace, Stage stage, List<String> command, Limits limits,
			Output output) throws IOException, InterruptedException {
		if (this.stopped) {
			throw new InterruptedException("The program is no longer wanted");
		}
		this.current = new StageRun(this.launcher.start(workspace, stage, command, limits),
				this.launcher.sandbox().hasNamespaces(), workspace.signals(), output);
		return this.current;
	}

}
