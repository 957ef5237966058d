package dev.sluice.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.sluice.execution.Event;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.Program;
import dev.sluice.execution.Stage;
import dev.sluice.execution.StageLimits;
import reactor.core.publisher.Flux;

/**
 * Runs programs on this machine, a few at once, each in a sandbox.
 */
public final class Engine implements AutoCloseable {

	private final Path folder;

	private final SandboxChoice sandbox;

	private final Turns turns;

	private final Map<LanguageRuntime, Language> languages;

	private final List<LanguageRuntime> runtimes;

	private final Uids uids;

	private final Limits ceiling;

	private Engine(EngineProperties properties, Path folder, Uids uids, Privilege privilege)
			throws IOException, InterruptedException {
		this.folder = folder;
		this.uids = uids;
		this.ceiling = new Limits(properties.maxWallTime(), properties.maxWallTime(), properties.maxMemory().toBytes());
		this.sandbox = SandboxChoice.make(properties, folder, uids, privilege);
		this.turns = new Turns(properties.slots(), properties.queue(), properties.maxWait());
		List<Language> found = new Languages(new Probe(this.sandbox.launcher(), folder, uids), properties)
			.find(this.turns.threads());
		this.languages = found.stream().collect(Collectors.toMap(Language::runtime, Function.identity()));
		this.runtimes = found.stream().map(Language::runtime).toList();
	}

	/**
	 * Finds a sandbox and the languages of this machine. Blocks for a second or so.
	 * @param properties the settings
	 * @return the engine, to be closed
	 * @throws EngineUnavailableException where this machine can't run programs
	 */
	static Engine start(EngineProperties properties) {
		Launcher.requireKnownMachine();
		Path parent = (properties.folder() != null) ? properties.folder()
				: Path.of(System.getProperty("java.io.tmpdir"));
		try {
			Privilege privilege = Privilege.held(properties.sandbox());
			Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
			Uids uids = Uids.claim(properties.firstUid(), properties.slots(), privilege, new Sweeper(temporary, parent),
					temporary);
			try {
				return start(properties, Folders.create(parent, privilege), uids, privilege);
			}
			catch (IOException | InterruptedException | RuntimeException ex) {
				uids.close();
				throw ex;
			}
		}
		catch (IOException ex) {
			throw new EngineUnavailableException("The engine can't work in the folder " + parent + " ("
					+ ex.getMessage() + "); sluice.engine.folder names another");
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new EngineUnavailableException("The engine was stopped while it started");
		}
	}

	private static Engine start(EngineProperties properties, Path folder, Uids uids, Privilege privilege)
			throws IOException, InterruptedException {
		try {
			return new Engine(properties, folder, uids, privilege);
		}
		catch (IOException | InterruptedException | RuntimeException ex) {
			Folders.remove(folder);
			throw ex;
		}
	}

	/**
	 * The languages that were found.
	 * @return their runtimes, by name
	 */
	public List<LanguageRuntime> runtimes() {
		return this.runtimes;
	}

	/**
	 * The name of the sandbox in use.
	 * @return {@code bubblewrap}, {@code namespaces}, {@code rlimits} or
	 * {@code container}
	 */
	public String sandbox() {
		return this.sandbox.launcher().sandbox().name();
	}

	/**
	 * What the sandbox does not enforce.
	 * @return clauses that complete "a program …"; empty where nothing is left open
	 */
	public List<String> notEnforced() {
		return this.sandbox.launcher().sandbox().notEnforced();
	}

	/**
	 * Whether programs of strangers may be let in: whether the sandbox leaves nothing
	 * open, or our container is the boundary.
	 * @return whether they may
	 */
	public boolean admitsStrangers() {
		return this.sandbox.launcher().sandbox().admitsStrangers();
	}

	/**
	 * Why stronger sandboxes are not in use.
	 * @return a clause for each that was tried
	 */
	public List<String> passedOver() {
		return this.sandbox.passedOver();
	}

	/**
	 * What a stage may use where a request asks for nothing.
	 * @param runtime one of {@link #runtimes()}
	 * @param stage the stage
	 * @return its usual limits, all of them set
	 */
	public StageLimits usualLimits(LanguageRuntime runtime, Stage stage) {
		Language language = language(runtime);
		Limits limits = switch (stage) {
			case COMPILE -> language.compile();
			case RUN -> language.run();
		};
		return new StageLimits(limits.wallTime(), limits.cpuTime(), limits.memory());
	}

	/**
	 * Runs a program: waits for its turn, then compiles and runs it. A subscriber should
	 * ask for all at once: it then gets each event on the program's own threads, nothing
	 * is kept here, and while it takes its time the program's pipes fill up. For one that
	 * asks for less, what the program wrote is buffered up to its output limit.
	 * <p>
	 * A cancel takes the program out of the queue, or kills all of its processes.
	 * @param program the program, of a language that is here
	 * @return its events, the last of which is its verdict; an {@link ExecutionFailure}
	 * with {@link FailureCode#ENGINE_BUSY} where its turn did not come, or with
	 * {@link FailureCode#SANDBOX_FAILED} where there is no verdict
	 */
	public Flux<Event> run(Program program) {
		return run(program, () -> {
		});
	}

	/**
	 * Runs a program as {@link #run(Program)} does, and tells when nothing is left of it,
	 * which after a cancel nobody else learns.
	 * @param program the program, of a language that is here
	 * @param ended run once for each subscription, on any thread, when the program has no
	 * process, file or place in the queue any more, whether it ended, was cancelled or
	 * sent away; before the last signal, where there is one. It must not block or throw
	 * @return its events
	 */
	public Flux<Event> run(Program program, Runnable ended) {
		return Flux.defer(() -> run(program, Input.whole(program.stdin()), ended));
	}

	/**
	 * Runs a program as {@link #run(Program, Runnable)} does, and gives its run stage an
	 * input of its own; that of its compilation is empty.
	 * @param program the program, of a language that is here, whose own standard input is
	 * ignored
	 * @param input what it gets while it runs; nothing of it is kept once the program has
	 * ended, or was sent away
	 * @param ended as with {@link #run(Program, Runnable)}
	 * @return its events, for one subscriber
	 */
	public Flux<Event> run(Program program, Input input, Runnable ended) {
		return Flux.create((sink) -> {
			Runnable over = () -> {
				input.close();
				ended.run();
			};
			Language language = this.languages.get(program.runtime());
			if (language == null) {
				over.run();
				sink.error(unknown(program.runtime()));
				return;
			}
			ProgramRun run = new ProgramRun(this.sandbox.launcher(), language, program, input, this.ceiling,
					sink::next);
			this.turns.admit(sink, () -> run(run), run::stop, over);
		});
	}

	/**
	 * How many programs run now.
	 * @return the number, at most {@code sluice.engine.concurrency}
	 */
	public int running() {
		return this.turns.running();
	}

	/**
	 * How many programs run or wait now.
	 * @return the number
	 */
	public int admitted() {
		return this.turns.admitted();
	}

	/**
	 * Kills what runs, and removes all files. Blocks until it is done.
	 */
	@Override
	public void close() {
		this.turns.close();
		Folders.remove(this.folder);
		this.uids.close();
	}

	private void run(ProgramRun run) throws IOException, InterruptedException {
		try (User user = this.uids.take()) {
			run.run(this.folder, user);
		}
	}

	private Language language(LanguageRuntime runtime) {
		Language language = this.languages.get(runtime);
		if (language == null) {
			throw unknown(runtime);
		}
		return language;
	}

	private static ExecutionFailure unknown(LanguageRuntime runtime) {
		return ExecutionFailure.refused(FailureCode.INVALID_REQUEST,
				runtime.language() + "-" + runtime.version() + " runtime is unknown");
	}

}
