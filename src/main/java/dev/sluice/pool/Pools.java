package dev.sluice.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Candidate;
import dev.sluice.execution.Capacity;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.RuntimeSource;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Several pools, used as one: those that fit share the executions, and one that is full
 * or broken is passed over until it is well again.
 */
public final class Pools implements Executor, RuntimeSource, Capacity, AutoCloseable {

	private static final Comparator<SessionPool> LEAST_LOADED = Comparator
		.comparingInt((SessionPool pool) -> pool.properties().priority())
		.thenComparingDouble(SessionPool::load);

	private static final Duration FULL_RETRY_AFTER = Duration.ofSeconds(5);

	private static final Duration BUSY_RETRY_AFTER = Duration.ofSeconds(1);

	/** How long a close waits for sessions to be stopped. */
	private static final Duration LEFT_WITHIN = Duration.ofSeconds(3);

	private final List<SessionPool> pools;

	private final RetryProperties retries;

	private final Retry retry;

	private final Catalogue catalogue;

	private final PoolSelector selector;

	private final Collection<Tokens> tokens;

	private final List<Runnable> listeners;

	/**
	 * Makes it.
	 * @param pools the pools, one at least
	 * @param retries how executions are sent again
	 * @param tokens what is to be closed with the pools
	 * @param listeners whom to tell when room may have come free
	 */
	Pools(List<SessionPool> pools, RetryProperties retries, Collection<Tokens> tokens,
			CopyOnWriteArrayList<Runnable> listeners) {
		this.pools = List.copyOf(pools);
		this.retries = retries;
		this.retry = Retry.of("pools", config(retries));
		this.catalogue = new Catalogue(this.pools);
		this.selector = new PoolSelector(this.pools, this.catalogue);
		this.tokens = tokens;
		this.listeners = listeners;
	}

	/**
	 * The pools, in the order of the configuration.
	 * @return the pools
	 */
	public List<Pool> all() {
		return List.copyOf(this.pools);
	}

	/**
	 * Gets tokens and runtimes, before somebody needs them.
	 */
	public void start() {
		// A failure is told by the log, and by the readiness.
		this.pools.forEach((pool) -> {
			Disposable _ = pool.authorise().subscribe((token) -> {
			}, (error) -> {
			});
		});
		this.catalogue.start();
	}

	/**
	 * Whether there has been a token for at least one of the pools.
	 * @return whether executions may begin
	 */
	public boolean isReady() {
		return this.pools.stream().anyMatch(SessionPool::isReady);
	}

	@Override
	public Mono<Answer> execute(Execution execution) {
		return Mono.defer(() -> candidate(execution).enter());
	}

	@Override
	public Mono<List<LanguageRuntime>> runtimes() {
		return this.catalogue.runtimes().onErrorMap(ExecutionFailure.class, Pools::withRetryAfter);
	}

	@Override
	public @Nullable List<LanguageRuntime> atHand() {
		return this.catalogue.atHand();
	}

	@Override
	public boolean isComplete() {
		return this.catalogue.isComplete();
	}

	@Override
	public Candidate candidate(Execution execution) {
		return new Journey(this, execution);
	}

	@Override
	public void onRoom(Runnable listener) {
		this.listeners.add(listener);
	}

	@Override
	public void close() {
		this.catalogue.close();
		stopIdleSessions();
		this.pools.forEach(SessionPool::close);
		this.tokens.forEach(Tokens::close);
	}

	/** They would hold their places in the pools for the whole cooldown. */
	private void stopIdleSessions() {
		Flux.fromIterable(this.pools)
			.flatMap(SessionPool::leave)
			.then()
			.timeout(LEFT_WITHIN, Mono.empty())
			.onErrorComplete()
			.block();
	}

	/** Waits until it is known what the pools have, or the deadline has passed. */
	Mono<Void> known(Execution execution) {
		return this.catalogue.known(execution).timeout(execution.terms().deadline().left(), Mono.<Void>empty());
	}

	/** Whether that is known already. */
	boolean isKnown() {
		return this.catalogue.isHeard();
	}

	boolean hasRoomFor(Execution execution, Trail trail) {
		try {
			return hasRoom(execution, trail, this.selector.fitting(execution));
		}
		catch (ExecutionFailure failure) {
			// Waiting would not help: it is to hear this at once.
			return true;
		}
	}

	/** A pool that can't be reached has room for somebody where none can be reached. */
	private static boolean hasRoom(Execution execution, Trail trail, List<SessionPool> fitting) {
		boolean open = true;
		boolean well = false;
		boolean room = false;
		for (SessionPool pool : fitting) {
			if (trail.isSpent(pool)) {
				continue;
			}
			open &= pool.breaker().isOpen();
			boolean reachable = pool.isReachable();
			if (reachable && !well) {
				well = true;
				room = false;
			}
			room |= (reachable || !well) && trail.leadsTo(pool) && pool.hasRoomFor(execution);
		}
		return open || room;
	}

	int attempts() {
		return this.retries.attempts();
	}

	RetryProperties retries() {
		return this.retries;
	}

	Retry retry() {
		return this.retry;
	}

	/**
	 * A place for an execution, in the pool that has the least to do among those that are
	 * to be used first.
	 * @param execution the execution
	 * @param trail tells where it may go
	 * @return the place
	 * @throws ExecutionFailure where there is none now, with
	 * {@link FailureCode#POOL_FULL} where it is worth waiting for one
	 */
	Ticket take(Execution execution, Trail trail) {
		List<SessionPool> fitting = inTurn(this.selector.fitting(execution), trail);
		@Nullable SessionPool passedOver = null;
		List<SessionPool> unreachable = new ArrayList<>(0);
		boolean full = false;
		for (SessionPool pool : fitting) {
			if (pool.breaker().isOpen()) {
				passedOver = pool;
			}
			// Before the right to try and reach it, which is not to be had again soon.
			else if (!pool.hasRoomFor(execution)) {
				full = true;
			}
			else if (!pool.tryReach()) {
				unreachable.add(pool);
			}
			else {
				Ticket ticket = pool.take(execution);
				if (ticket != null) {
					return ticket;
				}
				full = true;
			}
		}
		if (full) {
			throw noRoom();
		}
		return lastResort(execution, unreachable, passedOver);
	}

	/** Those that it may go to, those that are to be used first before the others. */
	private static List<SessionPool> inTurn(List<SessionPool> fitting, Trail trail) {
		if (fitting.size() == 1) {
			return trail.leadsTo(fitting.getFirst()) ? fitting : List.of();
		}
		return fitting.stream().filter(trail::leadsTo).sorted(LEAST_LOADED).toList();
	}

	/** Where no pool is well, an execution is to hear at once what ails them. */
	private static Ticket lastResort(Execution execution, List<SessionPool> unreachable,
			@Nullable SessionPool passedOver) {
		for (SessionPool pool : unreachable) {
			Ticket ticket = pool.take(execution);
			if (ticket != null) {
				return ticket;
			}
		}
		throw (unreachable.isEmpty() && passedOver != null) ? passedOver.breaker().unavailable() : noRoom();
	}

	/**
	 * Whether another pool has room now.
	 */
	boolean hasRoomElsewhere(Execution execution, Trail trail, SessionPool than) {
		return elsewhere(execution, trail, than).anyMatch((pool) -> trail.leadsTo(pool) && pool.hasRoomFor(execution));
	}

	/**
	 * Whether another pool is well, so that it is worth waiting for.
	 */
	boolean isWorthWaiting(Execution execution, Trail trail, SessionPool than) {
		return elsewhere(execution, trail, than).findAny().isPresent();
	}

	private Stream<SessionPool> elsewhere(Execution execution, Trail trail, SessionPool than) {
		return fitting(execution).stream().filter((pool) -> pool != than && !trail.isSpent(pool) && pool.isReachable());
	}

	static ExecutionFailure noRoom() {
		return ExecutionFailure.passing(FailureCode.POOL_FULL,
				"All sessions that may be used are in use, or their pool has refused one more just now: raise the pool's "
						+ "lease.max-sessions and its own maximum, or send less at once");
	}

	/** Who is to come again is told when. */
	static ExecutionFailure withRetryAfter(ExecutionFailure failure) {
		boolean told = failure.retryAfter() != null;
		return switch (failure.code()) {
			case POOL_FULL -> told ? failure : failure.retryAfter(FULL_RETRY_AFTER);
			case SESSION_BUSY -> told ? failure : failure.retryAfter(BUSY_RETRY_AFTER);
			default -> failure;
		};
	}

	/** Whether a pool has room for some, though not for all. */
	boolean mayOthersHaveRoom(Execution execution) {
		return fitting(execution).stream().anyMatch((pool) -> pool.hasRoomForSome(execution));
	}

	/** The pools that fit; none where that can't be said, or is a failure. */
	List<SessionPool> fitting(Execution execution) {
		try {
			return this.selector.fitting(execution);
		}
		catch (ExecutionFailure failure) {
			return List.of();
		}
	}

	private static RetryConfig config(RetryProperties properties) {
		return RetryConfig.<Answer>custom()
			// How often is the journey's to say; this only has to be enough.
			.maxAttempts(2 * properties.attempts() + 2)
			.retryOnException(Again.class::isInstance)
			.intervalBiFunction((attempt, result) -> ((Again) result.getLeft()).pause().toMillis())
			.build();
	}

}
