package dev.sluice.settings;

import java.time.Duration;
import java.util.Locale;

/**
 * Settings as people read them.
 */
public final class Words {

	private Words() {
	}

	/**
	 * A time.
	 * @param time the time
	 * @return it in hours, minutes and seconds, such as {@code 3m40s}
	 */
	public static String of(Duration time) {
		return time.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
	}

}
