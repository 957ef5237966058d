package dev.sluice.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A short command of ours, with nothing of our environment.
 */
final class Errand {

	private static final int SHOWN = 300;

	private static final long SAID_WITHIN_S = 1;

	private Errand() {
	}

	/**
	 * Runs a command. Blocks until it has ended.
	 * @param within how long it may take
	 * @param command the command
	 * @throws IOException where it does not end in time, or not well
	 */
	static void run(Duration within, List<String> command) throws IOException, InterruptedException {
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
		builder.environment().clear();
		builder.environment().put("PATH", "/usr/local/bin:/usr/bin:/bin");
		Process process = builder.start();
		FutureTask<String> words = new FutureTask<>(() -> words(process));
		Thread.ofPlatform().daemon().name("errand-output").start(words);
		try {
			process.getOutputStream().close();
			if (!process.waitFor(within)) {
				throw new IOException("It took longer than " + within.toSeconds() + " s");
			}
			if (process.exitValue() != 0) {
				throw new IOException(
						"It ended with " + process.exitValue() + ": " + words.get(SAID_WITHIN_S, TimeUnit.SECONDS));
			}
		}
		catch (ExecutionException | TimeoutException ex) {
			throw new IOException("It ended with " + process.exitValue(), ex);
		}
		finally {
			process.descendants().forEach(ProcessHandle::destroyForcibly);
			process.destroyForcibly();
		}
	}

	/** Reads all, or a command that says much would never end. */
	private static String words(Process process) throws IOException {
		InputStream output = process.getInputStream();
		byte[] first = output.readNBytes(SHOWN);
		output.transferTo(OutputStream.nullOutputStream());
		return new String(first, StandardCharsets.UTF_8).strip();
	}

}
