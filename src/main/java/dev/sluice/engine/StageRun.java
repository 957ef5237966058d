package dev.sluice.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import dev.sluice.execution.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process on its way: feeds it, drains it, and says how it ended. The launcher holds
 * it to its limits; we only end it where its output overflows, where nobody wants it any
 * more, and where the launcher is overdue.
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

	private static final int CHUNK = 64 * 1024;

	private final Process process;

	private final boolean hasNamespaces;

	private final Output output;

	private volatile long stoppedAt;

	private volatile boolean forced;

	StageRun(Process process, boolean hasNamespaces, Output output) {
		this.process = process;
		this.hasNamespaces = hasNamespaces;
		this.output = output;
	}

	/**
	 * Feeds and drains the process until it has ended. Blocks.
	 * @param stdin what it reads
	 * @param wallTime its limit
	 * @return the exit status of the outermost process
	 * @throws InterruptedException where the thread was interrupted; the process is gone
	 */
	int await(String stdin, Duration wallTime) throws InterruptedException {
		Thread feeder = start("stdin", () -> feed(stdin));
		Thread out = start("stdout", () -> drain(this.process.getInputStream(), Stream.STDOUT));
		Thread err = start("stderr", () -> drain(this.process.getErrorStream(), Stream.STDERR));
		try {
			long overdue = System.nanoTime() + wallTime.plus(GRACE).toNanos();
			while (!this.process.waitFor(LOOKS_EVERY)) {
				pressOn(overdue);
			}
			out.join(STOPS_WITHIN);
			err.join(STOPS_WITHIN);
			feeder.join(STOPS_WITHIN);
		}
		catch (InterruptedException ex) {
			stop();
			this.process.waitFor(STOPS_WITHIN);
			throw ex;
		}
		finally {
			destroy();
		}
		if (out.isAlive() || err.isAlive()) {
			logger.warn("A process that a program left behind holds its output open");
		}
		return this.process.exitValue();
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

	/** A launcher that is not yet listening misses it, and is asked again. */
	private void askLauncher() {
		if (this.hasNamespaces) {
			this.process.children().forEach(ProcessHandle::destroy);
		}
		else {
			this.process.destroy();
		}
	}

	private void feed(String stdin) {
		try (OutputStream in = this.process.getOutputStream()) {
			in.write(stdin.getBytes(StandardCharsets.UTF_8));
		}
		catch (IOException ex) {
			logger.trace("The program did not read all of its input", ex);
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
		this.output.end(name);
	}

	private static Thread start(String what, Runnable work) {
		return Thread.ofPlatform().daemon().name("program-" + what).start(work);
	}

}
