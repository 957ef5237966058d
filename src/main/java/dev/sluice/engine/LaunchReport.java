package dev.sluice.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * What the launcher wrote of the program it waited for.
 *
 * @param started whether the launcher got as far as to start the program
 * @param problem why it could not be started
 * @param end how it ended; null where the launcher did not live to tell
 */
record LaunchReport(boolean started, @Nullable String problem, @Nullable End end) {

	/**
	 * How a program ended.
	 *
	 * @param exit its exit code, 0 where a signal ended it
	 * @param signal the signal that ended it, or 0
	 * @param cpuTime the processor time of all processes that were waited for
	 * @param memory the peak memory of the largest process, in bytes
	 * @param wallTime from its start to its end
	 * @param why what made the launcher end it
	 */
	record End(int exit, int signal, Duration cpuTime, long memory, Duration wallTime, Why why) {
	}

	/** What made the launcher end a program. */
	enum Why {

		/** Nothing: it ended by itself. */
		NONE,

		/** Its wall-clock time was used up. */
		WALL,

		/** Its processor time was used up. */
		CPU,

		/** It used more memory than it may. */
		MEMORY,

		/** It could not be watched. */
		BLIND,

		/** We asked for it. */
		STOPPED

	}

	static LaunchReport read(Path file) throws IOException {
		boolean started = false;
		String problem = null;
		End end = null;
		List<String> lines = Files.readAllLines(file);
		for (String line : lines) {
			switch (line.charAt(0)) {
				case 'S' -> started = true;
				case 'F' -> problem = line.substring(2);
				case 'E' -> end = end(line.split(" "));
				default -> throw new IOException("A report says '" + line + "'");
			}
		}
		return new LaunchReport(started, problem, end);
	}

	private static End end(String[] words) {
		return new End(Integer.parseInt(words[1]), Integer.parseInt(words[2]),
				Duration.of(Long.parseLong(words[3]), ChronoUnit.MICROS), Long.parseLong(words[4]) * 1024,
				Duration.of(Long.parseLong(words[5]), ChronoUnit.MICROS),
				Why.valueOf(words[6].toUpperCase(Locale.ROOT)));
	}

}
