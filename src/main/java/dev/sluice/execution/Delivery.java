package dev.sluice.execution;

import java.util.Locale;

/**
 * How an execution's answer is to come.
 */
public enum Delivery {

	/** As the verdict, once the program has ended. */
	VERDICT,

	/** As events while the program runs, and the verdict as the last of them. */
	EVENTS,

	/** As events, while the program is told things: input, its end, signals. */
	DIALOGUE;

	/**
	 * The delivery as metrics and logs name it.
	 * @return the name in lower case
	 */
	public String text() {
		return name().toLowerCase(Locale.ROOT);
	}

}
