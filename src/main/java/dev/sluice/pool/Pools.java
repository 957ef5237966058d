package dev.sluice.pool;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import dev.sluice.execution.Answer;
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
import reactor.core.publisher.Mono;

/**
 * Several pools, used as one: those that fit share the executions, and one that is full
 * or broken is passed over until it is well again.
 */
public final class Pools implements Executor, RuntimeSource, Capacity, AutoCloseable {

	private static final Comparator<SessionPool> LEAST_LOADED = Comparator
		.comparingInt((SessionPool pool) -> pool.properties().priority())
		.thenComparingDouble(SessionPool::load);

	private final List<SessionPool> pools;

	private final RetryProperties retries;

	private final Retry retry;

	private final Catalogue catalogue;

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
		Mono<Answer> journey = Mono.defer(() -> new Journey(this, execution).go());
		return (this.pools.size() > 1) ? this.catalogue.known().then(journey) : journey;
	}

	@Override
	public Mono<List<LanguageRuntime>> runtimes() {
		return this.catalogue.runtimes();
	}

	@Override
	public boolean isComplete() {
		return this.catalogue.isComplete();
	}

	@Override
	public boolean hasRoomFor(Execution execution) {
		try {
			List<SessionPool> fitting = this.catalogue.fitting(execution);
			boolean well = fitting.stream().anyMatch(SessionPool::isReachable);
			return fitting.stream().allMatch((pool) -> pool.breaker().isOpen())
					|| fitting.stream().anyMatch((pool) -> pool.hasRoomFor(execution) && (!well || pool.isReachable()));
		}
		catch (ExecutionFailure failure) {
			// Waiting would not help: it is to hear this at once.
			return true;
		}
	}

	@Override
	public void onRoom(Runnable listener) {
		this.listeners.add(listener);
	}

	@Override
	public void close() {
		this.catalogue.close();
		this.pools.forEach(SessionPool::close);
		this.tokens.forEach(Tokens::close);
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
	 * @param spent the pools that refused it
	 * @return the place
	 * @throws ExecutionFailure where there is none now, with
	 * {@link FailureCode#POOL_FULL} where it is worth waiting for one
	 */
	Ticket take(Execution execution, Set<SessionPool> spent) {
		List<SessionPool> fitting = this.catalogue.fitting(execution)
			.stream()
			.filter((pool) -> !spent.contains(pool))
			.sorted(LEAST_LOADED)
			.toList();
		@Nullable SessionPool passedOver = null;
		List<SessionPool> unreachable = new ArrayList<>();
		boolean full = false;
		for (SessionPool pool : fitting) {
			if (pool.breaker().isOpen()) {
				passedOver = pool;
			}
			else if (!pool.breaker().hasRoom()) {
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
	boolean hasRoomElsewhere(Execution execution, Set<SessionPool> spent, SessionPool than) {
		return elsewhere(execution, spent, than).anyMatch((pool) -> pool.hasRoomFor(execution));
	}

	/**
	 * Whether another pool is well, so that it is worth waiting for.
	 */
	boolean isWorthWaiting(Execution execution, Set<SessionPool> spent, SessionPool than) {
		return elsewhere(execution, spent, than).findAny().isPresent();
	}

	private Stream<SessionPool> elsewhere(Execution execution, Set<SessionPool> spent, SessionPool than) {
		return fitting(execution).stream()
			.filter((pool) -> pool != than && !spent.contains(pool) && pool.isReachable());
	}

	static ExecutionFailure noRoom() {
		return ExecutionFailure.passing(FailureCode.POOL_FULL,
				"All sessions that may be used are in use, or their pool has refused one more just now: raise the pool's "
						+ "lease.max-sessions and its own maximum, or send less at once");
	}

	private List<SessionPool> fitting(Execution execution) {
		try {
			return this.catalogue.fitting(execution);
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
