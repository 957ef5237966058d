package dev.sluice.admission;

import java.util.concurrent.TimeUnit;

import dev.sluice.execution.Deadline;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

/**
 * Rings at a deadline, once it is set and until it is silenced. Safe for any thread.
 */
final class Alarm {

	private final Deadline at;

	private final Runnable ring;

	private @Nullable Disposable scheduled;

	private boolean silent;

	/**
	 * Makes an alarm, which is not set.
	 * @param at when it rings
	 * @param ring what is done then, which neither blocks nor throws
	 */
	Alarm(Deadline at, Runnable ring) {
		this.at = at;
		this.ring = ring;
	}

	/**
	 * Sets it. One that was set before, and whose time has come, rings at once and on
	 * this thread: it may have rung while nothing listened.
	 */
	void set() {
		if (isToRingNow()) {
			this.ring.run();
		}
	}

	private synchronized boolean isToRingNow() {
		if (this.silent) {
			return false;
		}
		if (this.scheduled == null) {
			this.scheduled = Schedulers.parallel().schedule(this.ring, this.at.left().toNanos(), TimeUnit.NANOSECONDS);
			return false;
		}
		return this.at.left().isZero();
	}

	/** It rings no more, whoever sets it; what rings already goes on. */
	synchronized void silence() {
		this.silent = true;
		if (this.scheduled != null) {
			this.scheduled.dispose();
		}
	}

}
