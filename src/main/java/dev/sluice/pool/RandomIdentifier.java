package dev.sluice.pool;

import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Identifiers that nobody guesses: a token reaches every session of a pool, so the
 * identifier is the boundary between those who use it.
 */
final class RandomIdentifier {

	private static final int BYTES = 16;

	/**
	 * Unlike the system's default it computes, and reads from no device on an event loop.
	 */
	private static final SecureRandom RANDOM = random();

	private RandomIdentifier() {
	}

	/**
	 * A new identifier.
	 * @return 128 random bits in hexadecimal digits
	 */
	static String next() {
		byte[] bytes = new byte[BYTES];
		RANDOM.nextBytes(bytes);
		return HexFormat.of().formatHex(bytes);
	}

	private static SecureRandom random() {
		try {
			SecureRandom random = SecureRandom.getInstance("DRBG");
			random.nextBytes(new byte[BYTES]);
			return random;
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has a DRBG", ex);
		}
	}

}
