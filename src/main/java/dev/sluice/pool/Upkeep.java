package dev.sluice.pool;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Ids;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.Terms;
import dev.sluice.pool.Lease.End;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * What is done to a pool's sessions without an execution: some are kept warm, those that
 * nobody used for long are let go, and one is asked for the runtimes.
 */
final class Upkeep implements AutoCloseable {

	private static final Duration EVERY = Duration.ofSeconds(2);

	private static final int AT_ONCE = 8;

	private static final Duration ASKED_WITHIN = Duration.ofSeconds(30);

	private final Wire wire;

	private final Sessions sessions;

	private final Refusals fullness;

	private final PoolBreak breaks;

	private final Disposable.Composite work = Disposables.composite();

	/**
	 * Begins the upkeep.
	 * @param wire reaches the sessions
	 * @param sessions the pool's sessions
	 * @param leased those that are used again
	 * @param fullness is told when the pool wants to be asked again
	 * @param breaks explains errors
	 */
	Upkeep(Wire wire, Sessions sessions, Leased leased, Refusals fullness, PoolBreak breaks) {
		this.wire = wire;
		this.sessions = sessions;
		this.fullness = fullness;
		this.breaks = breaks;
		this.work.add(Schedulers.parallel()
			.schedulePeriodically(() -> keep(leased), 0, EVERY.toMillis(), TimeUnit.MILLISECONDS));
	}

	/**
	 * Asks a session for its runtimes.
	 * @return the runtimes; an error where they can't be had now
	 */
	Mono<List<LanguageRuntime>> runtimes() {
		return Mono.defer(() -> {
			Lease lease = this.sessions.take(question());
			if (lease == null) {
				return Mono.error(Pools.noRoom());
			}
			return ask(lease);
		})
			.retryWhen(
					Retry.max(1).filter(this::asksForIdentifier).onRetryExhaustedThrow((spec, last) -> last.failure()));
	}

	@Override
	public void close() {
		this.work.dispose();
	}

	private Mono<List<LanguageRuntime>> ask(Lease lease) {
		lease.sent();
		return this.wire.runtimes(lease.identifier(), lease.incarnation())
			.timeout(ASKED_WITHIN)
			.onErrorMap(this.breaks::explain)
			.doOnSuccess((runtimes) -> lease.end(End.WELL))
			.doOnError(ExecutionFailure.class, (failure) -> {
				this.fullness.heed(failure);
				lease.end(End.after(failure));
			})
			.doOnCancel(() -> lease.end(End.BADLY));
	}

	private boolean asksForIdentifier(Throwable error) {
		return error instanceof ExecutionFailure failure && failure.code() == FailureCode.POOL_IDENTIFIER_REQUIRED
				&& this.sessions.requireIdentifiers();
	}

	private static Execution question() {
		return new Execution(Ids.next(), "", "", ByteBuffer.allocate(0), Terms.within(ASKED_WITHIN));
	}

	private void keep(Leased sessions) {
		boolean keepsWarm = this.sessions.keepsWarm();
		for (String identifier : sessions.sweep(keepsWarm)) {
			begin(this.wire.runtimes(identifier, new Incarnation()).timeout(ASKED_WITHIN));
		}
		for (int begun = 0; keepsWarm && begun < AT_ONCE; begun++) {
			Lease lease = sessions.warmUp();
			if (lease == null) {
				return;
			}
			begin(ask(lease));
		}
	}

	/** What fails is tried again when its turn comes. */
	private void begin(Mono<?> request) {
		Disposable.Swap place = Disposables.swap();
		this.work.add(place);
		place.update(request.onErrorComplete().doFinally((signal) -> this.work.remove(place)).subscribe());
	}

}
