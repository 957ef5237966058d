package dev.sluice.execution;

/**
 * Something that a running program is told.
 */
public sealed interface InputItem {

	/**
	 * Text for its standard input.
	 *
	 * @param text the text
	 */
	record Text(String text) implements InputItem {
	}

	/** The end of its standard input. */
	record EndOfFile() implements InputItem {
	}

	/**
	 * A signal.
	 *
	 * @param name its name, such as {@code SIGINT}
	 */
	record Signal(String name) implements InputItem {
	}

}
