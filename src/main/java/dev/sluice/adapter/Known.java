package dev.sluice.adapter;

import dev.sluice.execution.ExecutionFailure;
import reactor.core.publisher.Mono;

/**
 * An execution that the adapter has heard of by its id: it runs, or is over.
 */
sealed interface Known permits OneRun, PastRun {

	/**
	 * Whether a request is the one that this execution came with.
	 * @param fingerprint the request's fingerprint
	 * @return whether it is; true where this execution's own never came
	 */
	boolean cameWith(Fingerprint fingerprint);

	/**
	 * Lets one more caller take part, who counts as waiting from this call on.
	 * @return the caller's part, which must be left
	 * @throws ExecutionFailure where it is over without a verdict, or that is not kept
	 */
	Share attach();

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
