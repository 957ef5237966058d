package dev.sluice.execution;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ids that are unique, and no secret. The JDK's random UUID reads from a device, which an
 * event loop must not.
 */
public final class Ids {

	private Ids() {
	}

	/**
	 * A new id.
	 * @return 128 random bits as 32 hexadecimal digits, which is also the form of a
	 * trace's id
	 */
	public static String next() {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		return HexFormat.of().toHexDigits(random.nextLong()) + HexFormat.of().toHexDigits(random.nextLong());
	}

}
