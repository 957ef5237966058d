package dev.sluice.http;

import java.time.Duration;

import dev.sluice.execution.Quota;

import org.springframework.http.HttpHeaders;

/**
 * What a response says of its client's rate, as the IETF's draft "RateLimit header fields
 * for HTTP" (draft-ietf-httpapi-ratelimit-headers, from its eighth version on) has it.
 */
public final class RateLimitFields {

	/** How many requests may come in a window, in seconds. */
	static final String POLICY = "RateLimit-Policy";

	/** How many may come now, and in how many seconds as many as ever may. */
	static final String LEFT = "RateLimit";

	private RateLimitFields() {
	}

	/**
	 * Writes them.
	 * @param headers the response's headers
	 * @param quota what the client may ask for
	 */
	public static void on(HttpHeaders headers, Quota quota) {
		headers.set(POLICY, "\"requests\";q=" + quota.most() + ";w=" + seconds(quota.window()));
		headers.set(LEFT, "\"requests\";r=" + quota.left() + ";t=" + seconds(quota.reset()));
	}

	private static long seconds(Duration time) {
		return time.plusNanos(999_999_999).toSeconds();
	}

}
