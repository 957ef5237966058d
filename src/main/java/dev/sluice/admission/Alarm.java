package dev.sluice.admission;

import java.util.concurrent.TimeUnit;

import dev.sluice.execution.Deadline;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

/**
 * Rings at a deadline, once it is set and unless it is silenced.
 */
final class Alarm {

	private final Deadline at;

	private final Runnable ring;

	private volatile @Nullable Disposable scheduled;

	private volatile boolean silent;

	/**
	 * Makes an alarm, which is not set.
	 * @param at when it rings
	 * @param ring what is done then
	 */
	Alarm(Deadline at, Runnable ring) {
		this.at = at;
		this.ring = ring;
	}

	/** Sets it; where it has rung already, because nothing listened, it rings again. */
	void set() {
		if (this.scheduled == null) {
			this.scheduled = Schedulers.parallel().schedule(this.ring, this.at.left().toNanos(), TimeUnit.NANOSECONDS);
			if (this.silent) {
				silence();
			}
		}
		else if (this.at.left().isZero()) {
			this.ring.run();
		}
	}

	/** It rings no more. */
	void silence() {
		this.silent = true;
		Disposable set = this.scheduled;
		if (set != null) {
			set.dispose();
		}
	}

}
