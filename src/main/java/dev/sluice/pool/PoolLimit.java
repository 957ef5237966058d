package dev.sluice.pool;

import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.pool.Lease.End;

/**
 * Keeps the executions that a pool has at once within its limit. Neither how long a
 * program runs nor how it ends moves the limit: only whether the pool takes executions.
 */
final class PoolLimit {

	private final AimdLimit limit;

	private final int max;

	private final AtomicInteger inUse = new AtomicInteger();

	/** The limit's, to be read without a lock. */
	private volatile int most;

	/** The limit's, too. */
	private volatile int round;

	/**
	 * Makes it.
	 * @param min what the limit never falls below
	 * @param max what it begins with, and never grows above
	 */
	PoolLimit(int min, int max) {
		this.limit = new AimdLimit(min, max);
		this.max = max;
		this.most = max;
	}

	int inUse() {
		return this.inUse.get();
	}

	int most() {
		return this.most;
	}

	boolean hasRoom() {
		return this.inUse.get() < this.most;
	}

	/**
	 * Takes a place.
	 * @return whether there was one; it is to be left, or given up
	 */
	boolean tryEnter() {
		int before = this.inUse.get();
		while (before < this.most) {
			if (this.inUse.compareAndSet(before, before + 1)) {
				return true;
			}
			before = this.inUse.get();
		}
		return false;
	}

	/** What who enters now is to remember until it leaves. */
	int round() {
		return this.round;
	}

	/** Gives back a place that was not used. */
	void giveUp() {
		this.inUse.decrementAndGet();
	}

	/**
	 * Gives back a place.
	 * @param how how the execution left its session
	 * @param sentIn the round in which it entered
	 */
	void leave(End how, int sentIn) {
		int before = this.inUse.getAndDecrement();
		switch (how) {
			case WELL -> succeeded(before);
			case REFUSED -> refused(sentIn, before - 1);
			case UNSENT, CANCELLED, BADLY -> {
				// It says nothing on the pool's room.
			}
		}
	}

	private void succeeded(int before) {
		if (this.most == this.max) {
			return;
		}
		synchronized (this) {
			this.limit.succeeded(before);
			this.most = this.limit.limit();
		}
	}

	private synchronized void refused(int sentIn, int left) {
		this.limit.refused(sentIn, left);
		this.round = this.limit.round();
		this.most = this.limit.limit();
	}

}
