package dev.sluice.execution;

import java.util.Locale;

/**
 * A step of an execution, as Piston names it.
 */
public enum Stage {

	COMPILE, RUN;

	/**
	 * The stage's name on the wire.
	 * @return the name in lower case
	 */
	public String text() {
		return name().toLowerCase(Locale.ROOT);
	}

}
