package dev.sluice.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * A short command of ours, with nothing of our environment.
 */
final class Errand {

	private static final int SHOWN = 300;

	private Errand() {
	}

	/**
	 * Runs a command. Blocks until it has ended.
	 * @param within how long it may take
	 * @param command the command, which must not write more than a pipe holds
	 * @throws IOException where it does not end in time, or not well
	 */
	static void run(Duration within, List<String> command) throws IOException, InterruptedException {
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
		builder.environment().clear();
		builder.environment().put("PATH", "/usr/local/bin:/usr/bin:/bin");
		Process process = builder.start();
		try {
			process.getOutputStream().close();
			if (!process.waitFor(within)) {
				throw new IOException("It took longer than " + within.toSeconds() + " s");
			}
			if (process.exitValue() != 0) {
				byte[] words = process.getInputStream().readNBytes(SHOWN);
				throw new IOException("It ended with " + process.exitValue() + ": "
						+ new String(words, StandardCharsets.UTF_8).strip());
			}
		}
		finally {
			process.descendants().forEach(ProcessHandle::destroyForcibly);
			process.destroyForcibly();
		}
	}

}
