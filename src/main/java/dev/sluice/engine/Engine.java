package dev.sluice.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.sluice.execution.Event;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.Program;
import dev.sluice.execution.Stage;
import dev.sluice.execution.StageLimits;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.scheduler.Schedulers;

/**
 * Runs programs on this machine, a few at once, each in a sandbox.
 */
public final class Engine implements AutoCloseable {

	private static final Duration CLOSES_WITHIN = Duration.ofSeconds(5);

	private final EngineProperties properties;

	private final Path folder;

	private final boolean root;

	private final SandboxChoice sandbox;

	private final ThreadPoolExecutor threads;

	private final Map<LanguageRuntime, Language> languages;

	private final List<LanguageRuntime> runtimes;

	private final Uids uids;

	private final Limits ceiling;

	private final AtomicInteger admitted = new AtomicInteger();

	private final AtomicInteger running = new AtomicInteger();

	private Engine(EngineProperties properties, Path folder, boolean root) throws IOException, InterruptedException {
		this.properties = properties;
		this.folder = folder;
		this.root = root;
		int slots = properties.slots();
		this.ceiling = new Limits(properties.maxWallTime(), properties.maxWallTime(), properties.maxMemory().toBytes());
		this.uids = Uids.claim(properties.firstUid(), slots, root);
		this.sandbox = SandboxChoice.make(properties, folder, this.uids, root);
		// Its queue takes no lock: an event loop puts programs into it.
		this.threads = new ThreadPoolExecutor(slots, slots, 0, TimeUnit.SECONDS, new LinkedTransferQueue<>(),
				Thread.ofPlatform().daemon().name("engine-", 0).factory());
		this.threads.prestartAllCoreThreads();
		List<Language> found = new Languages(new Probe(this.sandbox.launcher(), folder, this.uids, root), properties)
			.find(this.threads);
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
		Path folder = null;
		try {
			Path parent = (properties.folder() != null) ? properties.folder()
					: Path.of(System.getProperty("java.io.tmpdir"));
			folder = Folders.create(parent);
			return new Engine(properties, folder, "root".equals(System.getProperty("user.name")));
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The engine can't use its folder", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new EngineUnavailableException("The engine was stopped while it started");
		}
		catch (EngineUnavailableException ex) {
			if (folder != null) {
				Folders.remove(folder);
			}
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
	 * @return {@code bubblewrap}, {@code namespaces} or {@code rlimits}
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
	 * Runs a program: waits for its turn, then compiles and runs it. What it wrote is
	 * buffered, up to its output limit, for a subscriber that is slow.
	 * <p>
	 * A cancel takes the program out of the queue, or kills all of its processes.
	 * @param program the program, of a language that is here
	 * @return its events, the last of which is its verdict; an {@link ExecutionFailure}
	 * with {@link FailureCode#ENGINE_BUSY} where its turn did not come, or with
	 * {@link FailureCode#SANDBOX_FAILED} where there is no verdict
	 */
	public Flux<Event> run(Program program) {
		return Flux.create((sink) -> admit(program, sink));
	}

	/**
	 * How many programs run now.
	 * @return the number, at most {@code sluice.engine.concurrency}
	 */
	public int running() {
		return this.running.get();
	}

	/**
	 * How many programs run or wait now.
	 * @return the number
	 */
	public int admitted() {
		return this.admitted.get();
	}

	/**
	 * Kills what runs, and removes all files. Blocks until it is done.
	 */
	@Override
	public void close() {
		this.threads.shutdownNow();
		try {
			this.threads.awaitTermination(CLOSES_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		Folders.remove(this.folder);
		this.uids.close();
	}

	private void admit(Program program, FluxSink<Event> sink) {
		if (this.admitted.incrementAndGet() > this.properties.slots() + this.properties.queue()) {
			this.admitted.decrementAndGet();
			sink.error(Turn.busy(this.properties.queue() + " programs are waiting already"));
			return;
		}
		ProgramRun run = new ProgramRun(this.sandbox.launcher(), language(program.runtime()), program, this.ceiling,
				sink::next);
		Turn turn = new Turn(sink, () -> run(run), this.admitted::decrementAndGet);
		Disposable expiry = Schedulers.parallel()
			.schedule(() -> turn.expire(this.properties.maxWait()), this.properties.maxWait().toMillis(),
					TimeUnit.MILLISECONDS);
		sink.onCancel(() -> {
			if (turn.leaveQueue()) {
				this.threads.remove(turn);
			}
			else {
				run.stop();
			}
		});
		sink.onDispose(expiry);
		this.threads.execute(turn);
	}

	private void run(ProgramRun run) throws IOException, InterruptedException {
		int uid = this.uids.take();
		this.running.incrementAndGet();
		try {
			run.run(this.folder, uid, this.root);
		}
		finally {
			this.running.decrementAndGet();
			this.uids.giveBack(uid);
		}
	}

	private Language language(LanguageRuntime runtime) {
		Language language = this.languages.get(runtime);
		if (language == null) {
			throw ExecutionFailure.refused(FailureCode.INVALID_REQUEST,
					runtime.language() + "-" + runtime.version() + " runtime is unknown");
		}
		return language;
	}

}
