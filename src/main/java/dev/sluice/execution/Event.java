package dev.sluice.execution;

import org.jspecify.annotations.Nullable;

/**
 * What happens while a program runs, in order. The last event is {@link Ended}.
 */
public sealed interface Event {

	/**
	 * The runtime was chosen.
	 *
	 * @param runtime the language and version that run the program
	 */
	record Chosen(LanguageRuntime runtime) implements Event {
	}

	/**
	 * A stage began.
	 *
	 * @param stage the stage
	 */
	record Began(Stage stage) implements Event {
	}

	/**
	 * The program wrote something.
	 *
	 * @param stream where it wrote
	 * @param text what it wrote
	 */
	record Wrote(Stream stream, String text) implements Event {
	}

	/**
	 * A stage ended.
	 *
	 * @param stage the stage
	 * @param code its exit code, null where a signal ended it
	 * @param signal the signal that ended it
	 */
	record Exited(Stage stage, @Nullable Integer code, @Nullable String signal) implements Event {
	}

	/**
	 * The execution ended.
	 *
	 * @param verdict all of it
	 */
	record Ended(Verdict verdict) implements Event {
	}

}
