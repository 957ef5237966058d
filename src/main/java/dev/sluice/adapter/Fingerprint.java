package dev.sluice.adapter;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Tells one request body from another without holding either.
 *
 * @param sha256 the body's digest in hexadecimal digits
 */
record Fingerprint(String sha256) {

	/**
	 * The fingerprint of a body. Takes about a millisecond for 256 KiB.
	 * @param body the body
	 * @return its fingerprint
	 */
	static Fingerprint of(ByteBuffer body) {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			digest.update(body);
			return new Fingerprint(HexFormat.of().formatHex(digest.digest()));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java has SHA-256", ex);
		}
	}

}
