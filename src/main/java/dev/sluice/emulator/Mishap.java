package dev.sluice.emulator;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;

/**
 * A fault that is to befall one execution.
 *
 * @param fault the fault
 * @param after how long it takes, where it takes time
 */
record Mishap(Fault fault, Duration after) {

	static final Mishap NONE = new Mishap(Fault.NONE, Duration.ZERO);

	private static final Pattern HEADER = Pattern.compile("([a-z0-9-]+)(?:\\s*;\\s*after=(\\w+))?");

	/**
	 * Reads a header's value, such as {@code slow; after=2s}.
	 * @param value the value
	 * @param usually how long it takes where the value does not say
	 * @return the mishap
	 * @throws AzureError where it is none
	 */
	static Mishap read(String value, Duration usually) {
		Matcher parts = HEADER.matcher(value.strip());
		if (!parts.matches()) {
			throw new AzureError(400, "UnknownFault", "A fault is written as 'slow' or as 'slow; after=2s'");
		}
		return of(parts.group(1), parts.group(2), usually);
	}

	static Mishap of(String fault, @Nullable String after, Duration usually) {
		try {
			return new Mishap(Fault.named(fault), (after != null) ? DurationStyle.detectAndParse(after) : usually);
		}
		catch (IllegalArgumentException ex) {
			throw new AzureError(400, "UnknownFault", "'" + after + "' is no time: write it as 500ms or 2s");
		}
	}

}
