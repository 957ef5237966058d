package dev.sluice.emulator;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

import org.jspecify.annotations.Nullable;

/**
 * The token that the pool accepts. Once there is another one, the one before it has
 * expired.
 */
final class AcceptedToken {

	private volatile byte[] header;

	AcceptedToken(String token) {
		this.header = header(token);
	}

	/**
	 * Whether a request may come in.
	 * @param authorization its {@code Authorization} header
	 * @return whether it bears the token
	 */
	boolean isIn(@Nullable String authorization) {
		return authorization != null
				&& MessageDigest.isEqual(authorization.getBytes(StandardCharsets.UTF_8), this.header);
	}

	void change(String token) {
		this.header = header(token);
	}

	private static byte[] header(String token) {
		return ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
	}

}
