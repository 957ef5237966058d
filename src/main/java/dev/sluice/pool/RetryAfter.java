package dev.sluice.pool;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * The header {@code Retry-After}, in seconds or as a date (RFC 9110, 10.2.3).
 */
final class RetryAfter {

	private RetryAfter() {
	}

	/**
	 * Reads it.
	 * @param headers an answer's headers
	 * @param now the time
	 * @return how long to wait; null where it does not say, or can't be read
	 */
	static @Nullable Duration read(HttpHeaders headers, Instant now) {
		String text = headers.getFirst(HttpHeaders.RETRY_AFTER);
		if (text == null) {
			return null;
		}
		if (text.matches("\\d{1,5}")) {
			return Duration.ofSeconds(Long.parseLong(text));
		}
		try {
			Instant date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
			return date.isAfter(now) ? Duration.between(now, date) : Duration.ZERO;
		}
		catch (DateTimeException ex) {
			return null;
		}
	}

}
