package dev.sluice.execution;

import org.jspecify.annotations.Nullable;

/**
 * Who asks.
 *
 * @param name what it is called in settings, logs and metrics; null where nobody knows,
 * as at an open door
 * @param priority the most that its executions may claim
 */
public record Client(@Nullable String name, Priority priority) {

	/** Somebody whom nobody knows. */
	public static final Client ANYONE = new Client(null, Priority.INTERACTIVE);

}
