package dev.sluice.adapter;

import dev.sluice.execution.ExecutionFailure;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * What is kept of an execution that is over.
 *
 * @param fingerprint of the request that it came with; null where it was cancelled before
 * it came
 * @param transcript what happened, held for this; null where it is not kept
 * @param failure what a caller gets where there is no transcript
 * @param ended when nothing is or was left of its program
 * @param expiry forgets it, when its time has come
 */
record PastRun(@Nullable Fingerprint fingerprint, @Nullable Transcript transcript, ExecutionFailure failure,
		Mono<Void> ended, Disposable expiry) implements Known {

	@Override
	public boolean cameWith(Fingerprint fingerprint) {
		return this.fingerprint == null || this.fingerprint.equals(fingerprint);
	}

	@Override
	public Share attach() {
		if (this.transcript == null || !this.transcript.hold()) {
			throw this.failure;
		}
		return new Share(this.transcript, Mono.empty(), () -> {
		});
	}

	@Override
	public void cancel(ExecutionFailure failure) {
		// There is nothing to cancel any more.
	}

	/** What the transcript takes. */
	long size() {
		return (this.transcript != null) ? this.transcript.size() : 0;
	}

	/**
	 * This execution without its transcript, which is let go.
	 * @return what remains
	 */
	PastRun forgotten() {
		if (this.transcript != null) {
			this.transcript.letGo();
		}
		return new PastRun(this.fingerprint, null, this.failure, this.ended, this.expiry);
	}

}
