package dev.sluice.load;

import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The languages of the load test's programs. Each program sleeps, and prints a word that
 * no other program prints.
 */
enum Language {

	/** Python. */
	PYTHON("import time\\ntime.sleep(%s)\\nprint('%s')"),

	/** Bash, which starts sooner. */
	BASH("sleep %s\\necho %s");

	private final String program;

	Language(String program) {
		this.program = program;
	}

	/**
	 * A word for a program to print.
	 * @return a new one each time
	 */
	static String word() {
		return "tok-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(), 12);
	}

	/**
	 * The request for a program.
	 * @param word what it prints
	 * @param sleep for how long it sleeps
	 * @return the body, in Piston's shape
	 */
	String request(String word, Duration sleep) {
		return "{\"language\":\"" + Settings.word(this) + "\",\"version\":\"*\",\"files\":[{\"content\":\""
				+ String.format(this.program, sleep.toMillis() / 1000.0, word) + "\"}]}";
	}

}
