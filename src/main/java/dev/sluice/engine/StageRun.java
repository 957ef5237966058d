package dev.sluice.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

import dev.sluice.execution.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process on its way: feeds it, passes signals to it, drains it, and says how it
 * ended. The launcher holds it to its limits; we only end it where its output overflows,
 * where nobody wants it any more, and where the launcher is overdue.
 */
final class StageRun {

	private static final Logger logger = LoggerFactory.getLogger(StageRun.class);

	/**
	 * How long the launcher may take over the program's limit, to set up and clean up.
	 */
	private static final Duration GRACE = Duration.ofSeconds(5);

	/** How long a stopped launcher has to end its program and report. */
	private static final Duration STOPS_WITHIN = Duration.ofSeconds(1);

	private static final Duration LOOKS_EVERY = Duration.ofMillis(100);

	/** How often the launcher looks for signals. */
	private static final Duration SIGNALS_EVERY = Duration.ofMillis(20);

	private static final int CHUNK = 64 * 1024;

	private final Process process;

	private final boolean hasNamespaces;

	private final Path signals;

	private final Output output;

	private volatile long stoppedAt;

	private volatile boolean forced;

	StageRun(Process process, boolean hasNamespaces, Path signals, Output output) {
		this.process = process;
		this.hasNamespaces = hasNamespaces;
		this.signals = signals;
		this.output = output;
	}

	/**
	 * Feeds and drains the process until it has ended, and closes its input and output.
	 * Blocks.
	 * @param input what it gets
	 * @param wallTime its limit
	 * @return the exit status of the outermost process
	 * @throws InterruptedException where the thread was interrupted; the process is gone
	 */
	int await(Input input, Duration wallTime) throws InterruptedException {
		Thread out = start("stdout", () -> drain(this.process.getInputStream(), Stream.STDOUT));
		Thread err = start("stderr", () -> drain(this.process.getErrorStream(), Stream.STDERR));
		Thread feeder = start("stdin", () -> feed(input));
		Thread signaller = start("signals", () -> signal(input));
		try {
			awaitEnd(wallTime);
			input.close();
			for (Thread thread : List.of(out, err, feeder, signaller)) {
				thread.join(STOPS_WITHIN);
			}
		}
		finally {
			input.close();
			this.output.close();
		}
		if (out.isAlive() || err.isAlive()) {
			logger.warn("A process that a program left behind holds its output open");
		}
		return this.process.exitValue();
	}

	private void awaitEnd(Duration wallTime) throws InterruptedException {
		long overdue = System.nanoTime() + wallTime.plus(GRACE).toNanos();
		try {
			while (!this.process.waitFor(LOOKS_EVERY)) {
				pressOn(overdue);
			}
		}
		catch (InterruptedException ex) {
			stop();
			this.process.waitFor(STOPS_WITHIN);
			throw ex;
		}
		finally {
			destroy();
		}
	}

	/**
	 * Ends the process and all it started. Returns at once, and may be called at any
	 * time.
	 */
	void stop() {
		if (this.stoppedAt == 0) {
			this.stoppedAt = System.nanoTime();
		}
		askLauncher();
	}

	private void pressOn(long overdue) {
		long now = System.nanoTime();
		if (now - overdue >= 0 || this.stoppedAt != 0 && now - this.stoppedAt >= STOPS_WITHIN.toNanos()) {
			destroy();
		}
		else if (this.stoppedAt != 0) {
			askLauncher();
		}
	}

	/** The launcher's own tree first: without a process namespace it would go on. */
	private void destroy() {
		if (this.process.isAlive()) {
			this.forced = true;
			this.process.descendants().forEach(ProcessHandle::destroyForcibly);
			this.process.destroyForcibly();
		}
	}

	/**
	 * Whether the launcher had to be killed, so that it may have left something.
	 * @return whether it did not end by itself
	 */
	boolean wasForced() {
		return this.forced;
	}

	/**
	 * A launcher that is not yet listening misses it, and is asked again. The process is
	 * asked by its handle, since by itself it would first close its streams, and wait for
	 * who writes to them.
	 */
	private void askLauncher() {
		if (this.hasNamespaces) {
			this.process.children().forEach(ProcessHandle::destroy);
		}
		else {
			this.process.toHandle().destroy();
		}
	}

	private void feed(Input input) {
		try (OutputStream stdin = this.process.getOutputStream()) {
			input.feed(stdin);
		}
		catch (IOException ex) {
			logger.trace("The program did not read all of its input", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** What comes faster than the launcher looks is told at once, to bound the file. */
	private void signal(Input input) {
		try {
			for (List<Integer> numbers = input.takeSignals(); !numbers.isEmpty(); numbers = input.takeSignals()) {
				String lines = numbers.stream().map((number) -> number + "\n").collect(Collectors.joining());
				Files.writeString(this.signals, lines, StandardOpenOption.APPEND);
				Thread.sleep(SIGNALS_EVERY);
			}
		}
		catch (IOException ex) {
			logger.warn("A signal could not be passed on", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void drain(InputStream stream, Stream name) {
		byte[] chunk = new byte[CHUNK];
		try (stream) {
			for (int read = stream.read(chunk); read >= 0; read = stream.read(chunk)) {
				if (!this.output.append(name, chunk, read) && this.stoppedAt == 0) {
					stop();
				}
			}
		}
		catch (IOException ex) {
			logger.trace("The program's {} broke", name, ex);
		}
	}

	private static Thread start(String what, Runnable work) {
		return Thread.ofPlatform().daemon().name("program-" + what).start(work);
	}

}
