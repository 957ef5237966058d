package dev.sluice.execution;

import reactor.core.publisher.Mono;

/**
 * An execution on its way in. It may go more than once, where it found no room after all,
 * and what it met before stays with it.
 */
public interface Candidate {

	/**
	 * Whether there is room for it now. It may be gone a moment later. Asked under a
	 * lock, so that it must return at once and tell nobody of room.
	 * @return whether to let it go; true also where no wait would help, so that it hears
	 * that at once
	 */
	boolean hasRoom();

	/**
	 * What would do for it. Those with equal needs find room in the same places.
	 * @return something to be compared
	 */
	Object needs();

	/**
	 * Asked where there is no room: whether there might be some all the same for another
	 * with equal needs, as for one whose client has a session of its own.
	 * @return whether it is worth asking others
	 */
	default boolean mayOthersHaveRoom() {
		return true;
	}

	/**
	 * Goes in, one time after the other.
	 * @return the answer, as of {@link Executor#execute}; an {@link ExecutionFailure}
	 * with {@link FailureCode#POOL_FULL}, where nothing ran, is worth another wait
	 */
	Mono<Answer> enter();

}
