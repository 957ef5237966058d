package dev.sluice.execution;

import java.util.Set;

import reactor.core.publisher.Mono;

/**
 * An execution on its way in. It may go more than once, where it found no room after all,
 * and what it met before stays with it.
 */
public interface Candidate {

	/**
	 * Whether there is room for it now. It may be gone a moment later.
	 * @return whether to let it go; true also where no wait would help, so that it hears
	 * that at once
	 */
	boolean hasRoom();

	/**
	 * Who has refused it. Of two executions that are alike otherwise, one that was
	 * refused by others may find room where the other does not.
	 * @return names, to be compared
	 */
	Set<String> refusedBy();

	/**
	 * Goes in, one time after the other.
	 * @return the answer, as of {@link Executor#execute}; an {@link ExecutionFailure}
	 * with {@link FailureCode#POOL_FULL}, where nothing ran, is worth another wait
	 */
	Mono<Answer> enter();

}
