package dev.sluice.adapter;

import dev.sluice.execution.ExecutionFailure;
import reactor.core.publisher.Mono;

/**
 * An execution that the adapter has heard of by its id: it runs, or is over.
 */
sealed interface Known permits OneRun, PastRun {

	/**
	 * Whether a body is the one that this execution came with.
	 * @param fingerprint the body's fingerprint
	 * @return whether it is; true where this execution's own never came
	 */
	boolean cameWith(Fingerprint fingerprint);

	/**
	 * What the execution came to, for one more caller, who counts as waiting from this
	 * call on: the result must be subscribed to.
	 * @return the verdict, which is shared, or the failure
	 */
	Mono<byte[]> attach();

	/**
	 * Cancels it, whoever waits for it; does nothing where it is over.
	 * @param failure what its callers get
	 */
	void cancel(ExecutionFailure failure);

	/**
	 * When nothing is left of its program.
	 * @return completes then, and never where nobody can know
	 */
	Mono<Void> ended();

}
