package dev.sluice.execution;

import java.util.Locale;

/**
 * Where a program writes.
 */
public enum Stream {

	STDOUT, STDERR;

	/**
	 * The stream's name on the wire.
	 * @return the name in lower case
	 */
	public String text() {
		return name().toLowerCase(Locale.ROOT);
	}

}
