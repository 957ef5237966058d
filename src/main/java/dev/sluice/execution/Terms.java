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
 * @param delivery how the answer is to come
 * @param priority who goes first where not all can
 */
public record Terms(Deadline deadline, boolean repeatable, @Nullable String client, @Nullable String session,
		Delivery delivery, Priority priority) {

	/**
	 * The terms of who asks for a verdict.
	 * @param deadline until when
	 * @param repeatable whether it may be asked for again
	 * @param client who asks
	 * @param session the session that the client names
	 */
	public Terms(Deadline deadline, boolean repeatable, @Nullable String client, @Nullable String session) {
		this(deadline, repeatable, client, session, Delivery.VERDICT, Priority.INTERACTIVE);
	}

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
		return new Terms(other, this.repeatable, this.client, this.session, this.delivery, this.priority);
	}

	/**
	 * These terms with another delivery.
	 * @param other how the answer is to come
	 * @return the terms
	 */
	public Terms deliveredAs(Delivery other) {
		return new Terms(this.deadline, this.repeatable, this.client, this.session, other, this.priority);
	}

	/**
	 * These terms with another turn.
	 * @param other who goes first
	 * @return the terms
	 */
	public Terms at(Priority other) {
		return new Terms(this.deadline, this.repeatable, this.client, this.session, this.delivery, other);
	}

	/**
	 * Whether the session that runs the execution must be one that can be called again:
	 * to repeat it, to cancel it, or to tell its program something.
	 * @return whether it needs a session with an identifier
	 */
	public boolean mustBeFoundAgain() {
		return this.repeatable || this.delivery != Delivery.VERDICT;
	}

}
