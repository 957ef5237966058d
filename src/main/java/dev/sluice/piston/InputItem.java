package dev.sluice.piston;

/**
 * One thing that a client sends to its program while it runs.
 */
public sealed interface InputItem {

	/**
	 * Something to read from standard input.
	 *
	 * @param text what to read
	 */
	record Data(String text) implements InputItem {
	}

	/** The end of standard input. */
	record Eof() implements InputItem {
	}

	/**
	 * A signal.
	 *
	 * @param name the signal's name as the client gives it, such as {@code SIGINT}
	 */
	record Signal(String name) implements InputItem {
	}

}
