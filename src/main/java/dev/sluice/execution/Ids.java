package dev.sluice.execution;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ids that are unique, and no secret. A random UUID of the JDK reads from a device, which
 * an event loop must not.
 */
public final class Ids {

	private Ids() {
	}

	/**
	 * A new id.
	 * @return 128 random bits, written as a UUID
	 */
	public static String next() {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		return new UUID(random.nextLong(), random.nextLong()).toString();
	}

}
