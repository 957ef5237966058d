package dev.sluice.execution;

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
	 * The program wrote something, in the stage that began last.
	 *
	 * @param stream where it wrote
	 * @param text what it wrote, in whole characters; bytes that are no UTF-8 are U+FFFD
	 */
	record Wrote(Stream stream, String text) implements Event {
	}

	/**
	 * A stage ended.
	 *
	 * @param stage the stage
	 * @param result how it ended
	 */
	record Exited(Stage stage, StageResult result) implements Event {
	}

	/**
	 * The execution ended.
	 *
	 * @param verdict all of it
	 */
	record Ended(Verdict verdict) implements Event {
	}

}
