package dev.sluice.adapter;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * Tells readers again and again that it is time for a sign of life. One timer serves all
 * of them, while there are any; to leave cancels none, which would take a lock.
 */
final class Heartbeats {

	private final Duration interval;

	private final Scheduler scheduler;

	private final Set<Runnable> readers = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean ticks = new AtomicBoolean();

	/**
	 * Makes it, with nobody to tell.
	 * @param interval how long a reader may hear nothing
	 * @param scheduler measures the time
	 */
	Heartbeats(Duration interval, Scheduler scheduler) {
		this.interval = interval;
		this.scheduler = scheduler;
	}

	Duration interval() {
		return this.interval;
	}

	/**
	 * Tells a reader, for the first time within the interval.
	 * @param reader told on the scheduler's thread; returns at once
	 */
	void add(Runnable reader) {
		this.readers.add(reader);
		start();
	}

	void remove(Runnable reader) {
		this.readers.remove(reader);
	}

	private void start() {
		if (this.ticks.compareAndSet(false, true)) {
			Disposable _ = this.scheduler.schedule(this::tick, this.interval.toMillis(), TimeUnit.MILLISECONDS);
		}
	}

	private void tick() {
		this.ticks.set(false);
		this.readers.forEach(Runnable::run);
		if (!this.readers.isEmpty()) {
			start();
		}
	}

}
