package dev.sluice.pool;

import java.util.List;

import dev.sluice.execution.Execution;
import org.jspecify.annotations.Nullable;

/**
 * Which session of a pool an execution goes to.
 */
interface Sessions {

	/**
	 * A session for an execution.
	 * @param execution the execution
	 * @return its hold on the session, which is to be ended; null where none is free now
	 */
	@Nullable Lease take(Execution execution);

	/**
	 * Whether a session is free now for an execution.
	 * @param execution the execution
	 * @return whether {@link #take} would give one
	 */
	boolean hasRoomFor(Execution execution);

	/**
	 * Asked where no session is free for an execution: whether one might be for another,
	 * as sessions belong to clients.
	 * @param execution the execution
	 * @return whether there is a session that is not for everybody
	 */
	default boolean hasRoomForSome(Execution execution) {
		return false;
	}

	/**
	 * Takes notice that the pool asks for an identifier.
	 * @return whether from now on there is one
	 */
	default boolean requireIdentifiers() {
		return false;
	}

	/** Lets all sessions go, each as soon as nothing runs in it. */
	default void recycle() {
		// What names no sessions keeps none.
	}

	/**
	 * Gives no session any more that is not in use now.
	 * @return the identifiers of those, to be stopped
	 */
	default List<String> leave() {
		return List.of();
	}

	/** Whether sessions that are allocated beforehand would be used. */
	default boolean keepsWarm() {
		return false;
	}

	/** How many sessions there are. */
	SessionCounts counts();

	/** Whether there is an identifier since the pool asked for one. */
	default boolean isTurned() {
		return false;
	}

}
