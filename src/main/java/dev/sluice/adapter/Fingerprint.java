package dev.sluice.adapter;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Tells one request from another without holding either.
 *
 * @param sha256 the body's digest in hexadecimal digits
 * @param interactive whether it asked for an interactive execution
 */
record Fingerprint(String sha256, boolean interactive) {

	/**
	 * The fingerprint of a request. Takes about a millisecond for 256 KiB.
	 * @param body the body
	 * @param interactive whether it asks for an interactive execution
	 * @return its fingerprint
	 */
	static Fingerprint of(ByteBuffer body, boolean interactive) {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			digest.update(body);
			return new Fingerprint(HexFormat.of().formatHex(digest.digest()), interactive);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java has SHA-256", ex);
		}
	}

}
