package dev.sluice.pool;

import dev.sluice.execution.ExecutionFailure;
import org.jspecify.annotations.Nullable;

/**
 * What came back of a {@link Probe}.
 *
 * @param status the HTTP status; 0 where there was no answer
 * @param from who answered
 * @param body the body's text, without the secrets that were sent
 * @param failure what it means; null where an execution would have its verdict
 */
public record Sighting(int status, From from, String body, @Nullable ExecutionFailure failure) {

	/** Who answered, as far as an answer tells. */
	public enum From {

		/** Nobody: nothing came. */
		NOBODY,

		/** Nobody, since TLS failed. */
		HANDSHAKE,

		/** It does not say. */
		SOMEBODY,

		/** An adapter of ours, which stands in the session. */
		ADAPTER

	}

	/**
	 * Where no answer came.
	 * @param failure why
	 * @return the sighting
	 */
	public static Sighting nothing(ExecutionFailure failure) {
		return new Sighting(0, From.NOBODY, "", failure);
	}

}
