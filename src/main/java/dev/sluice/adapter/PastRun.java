package dev.sluice.adapter;

import dev.sluice.execution.ExecutionFailure;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * What is kept of an execution that is over.
 *
 * @param fingerprint of the body that it came with; null where it was cancelled before it
 * came
 * @param outcome its verdict or failure
 * @param size the verdict's bytes
 * @param ended when nothing is or was left of its program
 * @param expiry forgets it, when its time has come
 */
record PastRun(@Nullable Fingerprint fingerprint, Mono<byte[]> outcome, int size, Mono<Void> ended,
		Disposable expiry) implements Known {

	@Override
	public boolean cameWith(Fingerprint fingerprint) {
		return this.fingerprint == null || this.fingerprint.equals(fingerprint);
	}

	@Override
	public Mono<byte[]> attach() {
		return this.outcome;
	}

	@Override
	public void cancel(ExecutionFailure failure) {
		// There is nothing to cancel any more.
	}

	/**
	 * This execution without its verdict.
	 * @param failure what a caller gets in its place
	 * @return what remains
	 */
	PastRun without(ExecutionFailure failure) {
		return new PastRun(this.fingerprint, Mono.error(failure), 0, this.ended, this.expiry);
	}

}
