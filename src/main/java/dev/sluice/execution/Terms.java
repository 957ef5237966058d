package dev.sluice.execution;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * On what terms an execution is to run.
 *
 * @param deadline until when
 * @param repeatable whether its client allows that what may have run is asked for again,
 * of the very session that may have run it
 * @param client who asks; null where nobody knows
 * @param session the session that the client names, for it alone; null where it names
 * none
 */
public record Terms(Deadline deadline, boolean repeatable, @Nullable String client, @Nullable String session) {

	/**
	 * The terms of who asks for nothing but an end.
	 * @param time how long the execution may take, with all that it waits for
	 * @return the terms
	 */
	public static Terms within(Duration time) {
		return new Terms(Deadline.in(time), false, null, null);
	}

	/**
	 * These terms with another end.
	 * @param other until when
	 * @return the terms
	 */
	public Terms until(Deadline other) {
		return new Terms(other, this.repeatable, this.client, this.session);
	}

}
