package dev.sluice.adapter;

import java.util.concurrent.atomic.AtomicBoolean;

import reactor.core.publisher.Mono;

/**
 * One caller's part in an execution: it counts as waiting, and holds the transcript,
 * until it leaves.
 */
final class Share {

	private final Transcript transcript;

	private final Mono<Void> outcome;

	private final Runnable onLeave;

	private final AtomicBoolean waits = new AtomicBoolean(true);

	private final AtomicBoolean holds = new AtomicBoolean(true);

	/**
	 * Makes a part.
	 * @param transcript the transcript, held for it
	 * @param outcome completes when there is a verdict, and fails where there is none
	 * @param onLeave run once, when it waits no longer
	 */
	Share(Transcript transcript, Mono<Void> outcome, Runnable onLeave) {
		this.transcript = transcript;
		this.outcome = outcome;
		this.onLeave = onLeave;
	}

	Transcript transcript() {
		return this.transcript;
	}

	Mono<Void> outcome() {
		return this.outcome;
	}

	/** Waits no longer, and still reads. May be called more than once. */
	void waitNoLonger() {
		if (this.waits.compareAndSet(true, false)) {
			this.onLeave.run();
		}
	}

	/** Neither waits nor reads any more. May be called more than once. */
	void leave() {
		waitNoLonger();
		if (this.holds.compareAndSet(true, false)) {
			this.transcript.letGo();
		}
	}

}
