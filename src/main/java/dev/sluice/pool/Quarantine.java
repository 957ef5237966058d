package dev.sluice.pool;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import dev.sluice.execution.ExecutionFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * Where sessions are in which a program may still run: it is ended there, or the session
 * is stopped, in the background. Nobody is given the session before.
 */
final class Quarantine implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Quarantine.class);

	private static final long COMPLAINS_EVERY = Duration.ofSeconds(10).toNanos();

	/** What is tried more often is worth a line in the log. */
	private static final int QUIET_TRIES = 3;

	private static final Duration LOOKS_EVERY = Duration.ofMillis(20);

	private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

	private static final int LONGEST_PAUSE = 4;

	private final String pool;

	private final Wire wire;

	private final Duration cooldown;

	private final Duration firstPause;

	private final AtomicInteger inside = new AtomicInteger();

	private final LongAdder stopped = new LongAdder();

	private final LongAdder leftToCooldown = new LongAdder();

	private final AtomicLong complained = new AtomicLong(System.nanoTime() - COMPLAINS_EVERY);

	private final Disposable.Composite work = Disposables.composite();

	/**
	 * Makes it.
	 * @param pool the pool's name
	 * @param wire reaches the sessions
	 * @param cooldown when a session ends by itself
	 */
	Quarantine(String pool, Wire wire, Duration cooldown) {
		this(pool, wire, cooldown, FIRST_PAUSE);
	}

	/**
	 * Makes it.
	 * @param pool the pool's name
	 * @param wire reaches the sessions
	 * @param cooldown when a session ends by itself
	 * @param firstPause how long to wait before a stop is tried again; it grows from
	 * there
	 */
	Quarantine(String pool, Wire wire, Duration cooldown, Duration firstPause) {
		this.pool = pool;
		this.wire = wire;
		this.cooldown = cooldown;
		this.firstPause = firstPause;
	}

	/**
	 * Ends an execution in a session, and stops the session where that can't be had.
	 * @param identifier the session's identifier
	 * @param execution the execution's id
	 * @param sound run once the adapter has said that nothing of it runs any more
	 * @param gone run once the session is gone instead
	 */
	void cancel(String identifier, String execution, Runnable sound, Runnable gone) {
		this.inside.incrementAndGet();
		Mono<Boolean> ended = this.wire.cancel(identifier, execution).onErrorReturn(false).defaultIfEmpty(false);
		run(ended.flatMap((acknowledged) -> acknowledged ? Mono.fromRunnable(sound)
				: stopped(identifier).then(Mono.fromRunnable(gone))));
	}

	/**
	 * Stops a session.
	 * @param identifier the session's identifier
	 * @param gone run once it is gone: when the pool has said so, else after the cooldown
	 */
	void stop(String identifier, Runnable gone) {
		this.inside.incrementAndGet();
		run(stopped(identifier).then(Mono.fromRunnable(gone)));
	}

	/** How many sessions are being ended now. */
	int inside() {
		return this.inside.get();
	}

	/**
	 * Waits for the sessions that are being ended.
	 * @return completes once there are none
	 */
	Mono<Void> emptied() {
		return Flux.interval(Duration.ZERO, LOOKS_EVERY).filter((look) -> this.inside.get() == 0).next().then();
	}

	/** How many sessions were stopped. */
	long stopped() {
		return this.stopped.sum();
	}

	/** How many could not be stopped. */
	long leftToCooldown() {
		return this.leftToCooldown.sum();
	}

	@Override
	public void close() {
		this.work.dispose();
	}

	private void run(Mono<?> ending) {
		Disposable.Swap place = Disposables.swap();
		this.work.add(place);
		// Whoever gives a session back may hold a lock.
		place.update(ending.subscribeOn(Schedulers.parallel()).doFinally((signal) -> {
			this.inside.decrementAndGet();
			this.work.remove(place);
		}).subscribe((nothing) -> {
		}, (error) -> logger.error("A session of pool {} could not be given back by a fault of ours", this.pool,
				error)));
	}

	/** An outage must not cost the sessions that were in use as it began. */
	private Mono<Void> stopped(String identifier) {
		return Mono.defer(() -> {
			long since = System.nanoTime();
			return this.wire.stop(identifier).retryWhen(untilCooldown(since));
		}).doOnSuccess((done) -> this.stopped.increment()).onErrorResume((error) -> {
			this.leftToCooldown.increment();
			return Mono.empty();
		});
	}

	private Retry untilCooldown(long since) {
		return Retry.backoff(Long.MAX_VALUE, this.firstPause)
			.maxBackoff(this.firstPause.multipliedBy(LONGEST_PAUSE))
			.filter((error) -> System.nanoTime() - since < this.cooldown.toNanos())
			.doBeforeRetry(this::complain);
	}

	private void complain(Retry.RetrySignal retry) {
		if (retry.totalRetries() == QUIET_TRIES) {
			Throwable error = retry.failure();
			complain((error instanceof ExecutionFailure failure) ? failure.message() : error.toString());
		}
	}

	/** Once in a while: under an outage it is the same for each session. */
	private void complain(String why) {
		long now = System.nanoTime();
		long last = this.complained.get();
		if (now - last >= COMPLAINS_EVERY && this.complained.compareAndSet(last, now)) {
			logger.warn("Pool {} can't stop a session, which holds its place until it can, or until its cooldown: {}",
					this.pool, why);
		}
	}

}
