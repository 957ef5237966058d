package dev.sluice.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.RuntimeSource;
import dev.sluice.piston.VersionSelector;
import dev.sluice.pool.PoolProperties.IdentifierMode;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Which pools have what: their runtimes, asked for in the background, and kept when they
 * can't be had any more.
 */
final class Catalogue implements RuntimeSource, AutoCloseable {

	private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);

	private static final int DOUBLINGS = 5;

	private static final int REMEMBERED = 1000;

	private static final Duration KNOWN_WITHIN = Duration.ofSeconds(15);

	private final List<SessionPool> pools;

	private final Map<SessionPool, List<LanguageRuntime>> known = new ConcurrentHashMap<>();

	private final Map<SessionPool, Integer> failures = new ConcurrentHashMap<>();

	/** What was found of late, by language and version; what is learnt empties it. */
	private final Map<List<String>, List<SessionPool>> found = new ConcurrentHashMap<>();

	private final AtomicBoolean started = new AtomicBoolean();

	private final Sinks.Empty<Void> asked = Sinks.empty();

	private final Disposable.Composite work = Disposables.composite();

	Catalogue(List<SessionPool> pools) {
		this.pools = pools;
	}

	/** Begins to ask for the runtimes. */
	void start() {
		if (this.started.compareAndSet(false, true)) {
			Disposable _ = Flux.fromIterable(this.pools)
				.flatMap((pool) -> ask(pool).onErrorComplete())
				.then()
				.timeout(KNOWN_WITHIN, Mono.empty())
				.subscribe((nothing) -> {
				}, (error) -> {
				}, this.asked::tryEmitEmpty);
		}
	}

	/**
	 * Waits until each pool was asked once.
	 * @return completes then, or after a bounded time
	 */
	Mono<Void> known() {
		return Mono.defer(() -> {
			start();
			return this.asked.asMono();
		});
	}

	@Override
	public Mono<List<LanguageRuntime>> runtimes() {
		return Mono.defer(() -> this.known.isEmpty() ? ask() : Mono.just(union(this.pools)));
	}

	@Override
	public void close() {
		this.work.dispose();
	}

	/**
	 * The pools that can run an execution. Where there are several, those that have the
	 * very version that is the highest of all to fit: an execution must not run on
	 * another one by luck.
	 * @param execution the execution
	 * @return the pools
	 * @throws ExecutionFailure where there are none
	 */
	List<SessionPool> fitting(Execution execution) {
		if (execution.terms().session() != null) {
			return find(execution);
		}
		List<String> asked = List.of(execution.language(), execution.version());
		List<SessionPool> before = this.found.get(asked);
		if (before == null) {
			before = find(execution);
			if (this.found.size() >= REMEMBERED) {
				this.found.clear();
			}
			this.found.put(asked, before);
		}
		return before;
	}

	private List<SessionPool> find(Execution execution) {
		List<SessionPool> used = this.pools.stream().filter((pool) -> isUsedFor(pool, execution.language())).toList();
		if (execution.terms().session() != null) {
			used = List.of(keeper(execution, used));
		}
		if (this.pools.size() == 1 && !used.isEmpty()) {
			// Its adapter knows best.
			return used;
		}
		LanguageRuntime chosen = choose(execution, used);
		return used.stream().filter((pool) -> has(pool, chosen)).toList();
	}

	/** One session is kept in one pool, the same each time. */
	private static SessionPool keeper(Execution execution, List<SessionPool> pools) {
		return pools.stream()
			.filter((pool) -> pool.properties().identifier() == IdentifierMode.STICKY)
			.max(Comparator.comparingInt((SessionPool pool) -> Objects.hash(pool.name(), execution.terms().client(),
					execution.terms().session())))
			.orElseThrow(() -> ExecutionFailure.refused(FailureCode.INVALID_REQUEST,
					"X-Session-Id names a session, and there is no pool that keeps sessions for clients: leave it out"));
	}

	private LanguageRuntime choose(Execution execution, List<SessionPool> used) {
		try {
			return VersionSelector.choose(union(used), execution.language(), execution.version());
		}
		catch (ExecutionFailure unknown) {
			List<String> silent = used.stream()
				.filter((pool) -> !this.known.containsKey(pool))
				.map(SessionPool::name)
				.toList();
			if (silent.isEmpty()) {
				throw unknown;
			}
			throw ExecutionFailure
				.passing(FailureCode.POOL_UNAVAILABLE,
						"No pool that can be asked has " + execution.language() + "-" + execution.version()
								+ ", and it is not known what these have: " + String.join(", ", silent))
				.retryAfter(FIRST_PAUSE);
		}
	}

	private boolean isUsedFor(SessionPool pool, String language) {
		List<String> languages = pool.properties().languages();
		return languages.isEmpty() || languages.contains(language) || this.known.getOrDefault(pool, List.of())
			.stream()
			.anyMatch((runtime) -> runtime.answersTo(language) && languages.stream().anyMatch(runtime::answersTo));
	}

	private boolean has(SessionPool pool, LanguageRuntime chosen) {
		return this.known.getOrDefault(pool, List.of())
			.stream()
			.anyMatch((runtime) -> runtime.language().equals(chosen.language())
					&& runtime.version().equals(chosen.version()));
	}

	private List<LanguageRuntime> union(List<SessionPool> of) {
		Map<String, LanguageRuntime> union = new LinkedHashMap<>();
		for (SessionPool pool : of) {
			List<String> languages = pool.properties().languages();
			for (LanguageRuntime runtime : this.known.getOrDefault(pool, List.of())) {
				if (languages.isEmpty() || languages.stream().anyMatch(runtime::answersTo)) {
					union.putIfAbsent(runtime.language() + " " + runtime.version(), runtime);
				}
			}
		}
		return new ArrayList<>(union.values());
	}

	/** Nothing is known yet: who asks waits, and is told why it can't be known. */
	private Mono<List<LanguageRuntime>> ask() {
		this.started.set(true);
		return Flux.fromIterable(this.pools)
			.flatMapDelayError(this::ask, this.pools.size(), 1)
			.then()
			.onErrorMap((error) -> Exceptions.unwrapMultiple(error).getFirst())
			.onErrorResume((error) -> this.known.isEmpty() ? Mono.error(error) : Mono.empty())
			.doFinally((signal) -> this.asked.tryEmitEmpty())
			.then(Mono.fromSupplier(() -> union(this.pools)));
	}

	private Mono<Void> ask(SessionPool pool) {
		return pool.askForRuntimes().doOnNext((runtimes) -> {
			this.known.put(pool, runtimes);
			this.found.clear();
			this.failures.remove(pool);
			askAgain(pool, pool.properties().runtimesRefresh());
		}).doOnError((error) -> {
			int failed = this.failures.merge(pool, 1, Integer::sum);
			askAgain(pool, FIRST_PAUSE.multipliedBy(1L << Math.min(failed - 1, DOUBLINGS)));
		}).then();
	}

	private void askAgain(SessionPool pool, Duration pause) {
		Disposable.Swap place = Disposables.swap();
		if (!this.work.add(place)) {
			return;
		}
		place.update(Mono.delay(pause, Schedulers.parallel())
			.then(Mono.defer(() -> ask(pool)))
			.onErrorComplete()
			.doFinally((signal) -> this.work.remove(place))
			.subscribe());
	}

}
