package dev.sluice.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.RuntimeSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.Sinks.EmitResult;
import reactor.core.scheduler.Schedulers;

/**
 * Which pools have what: their runtimes, asked for in the background, and kept when they
 * can't be had any more.
 */
final class Catalogue implements RuntimeSource, AutoCloseable {

	/** Before a pool is asked again that has not told what it has. */
	static final Duration FIRST_PAUSE = Duration.ofSeconds(2);

	private static final int DOUBLINGS = 5;

	private static final Duration KNOWN_WITHIN = Duration.ofSeconds(15);

	private static final Pattern EXACT = Pattern.compile("\\d+\\.\\d+\\.\\d+");

	private static final Logger logger = LoggerFactory.getLogger(Catalogue.class);

	private final List<SessionPool> pools;

	private final Map<SessionPool, List<LanguageRuntime>> known = new ConcurrentHashMap<>();

	/** What all of them have; none until something is known. */
	private volatile @Nullable List<LanguageRuntime> union;

	private volatile int edition;

	private final Map<SessionPool, Integer> failures = new ConcurrentHashMap<>();

	/** The calls under way, one a pool, which go on when who asked has left. */
	private final Map<SessionPool, Mono<Void>> calls = new ConcurrentHashMap<>();

	/** The next call of each pool. */
	private final Map<SessionPool, Disposable.Swap> next = new HashMap<>();

	private final AtomicBoolean started = new AtomicBoolean();

	private volatile boolean waitsForNobody;

	/** Whether each pool has told its runtimes, or was given the time to. */
	private final Sinks.Empty<Void> heard = Sinks.empty();

	private final Disposable.Composite work = Disposables.composite();

	Catalogue(List<SessionPool> pools) {
		this.pools = pools;
		// The one that there is knows best.
		this.waitsForNobody = pools.size() == 1;
		for (SessionPool pool : pools) {
			Disposable.Swap place = Disposables.swap();
			this.next.put(pool, place);
			this.work.add(place);
		}
	}

	/** Begins to ask for the runtimes. */
	void start() {
		if (this.started.compareAndSet(false, true)) {
			this.work.add(Flux.fromIterable(this.pools)
				.flatMap((pool) -> ask(pool).onErrorComplete(), Math.max(1, this.pools.size()))
				.subscribe());
			this.work.add(Mono.delay(KNOWN_WITHIN).subscribe((tick) -> goOn()));
		}
	}

	/**
	 * Waits until each pool has said what it has, so that the highest version to fit is
	 * that of all of them. One that does not say so holds nobody up for long.
	 * @param execution what is to run
	 * @return completes then, or at the end of a bounded time after the start, or at once
	 * where the execution names a version that one of them is known to have
	 */
	Mono<Void> known(Execution execution) {
		return isHeard() ? Mono.empty() : Mono.defer(() -> {
			start();
			return isExactlyKnown(execution) ? Mono.empty() : this.heard.asMono();
		});
	}

	/** Whether nobody has to wait for that any more. */
	boolean isHeard() {
		return this.waitsForNobody;
	}

	@Override
	public @Nullable List<LanguageRuntime> atHand() {
		return this.union;
	}

	@Override
	public Mono<List<LanguageRuntime>> runtimes() {
		return Mono.defer(() -> {
			List<LanguageRuntime> atHand = this.union;
			return (atHand != null) ? Mono.just(atHand) : ask();
		});
	}

	@Override
	public boolean isComplete() {
		return this.known.size() == this.pools.size();
	}

	@Override
	public void close() {
		this.work.dispose();
	}

	/** Another number each time that something was learnt. */
	int edition() {
		return this.edition;
	}

	/** Whether a pool has told its runtimes. */
	boolean knows(SessionPool pool) {
		return this.known.containsKey(pool);
	}

	/** What a pool has, as far as it has told. */
	List<LanguageRuntime> runtimesOf(SessionPool pool) {
		return this.known.getOrDefault(pool, List.of());
	}

	/** What pools are used for, together. */
	List<LanguageRuntime> union(List<SessionPool> of) {
		Map<String, LanguageRuntime> union = new LinkedHashMap<>();
		for (SessionPool pool : of) {
			List<String> languages = pool.properties().languages();
			for (LanguageRuntime runtime : runtimesOf(pool)) {
				if (languages.isEmpty() || languages.stream().anyMatch(runtime::answersTo)) {
					union.putIfAbsent(runtime.language() + " " + runtime.version(), runtime);
				}
			}
		}
		return new ArrayList<>(union.values());
	}

	/** Nothing is known yet: who asks waits, and is told why it can't be known. */
	private Mono<List<LanguageRuntime>> ask() {
		start();
		return Flux.fromIterable(this.pools)
			.flatMapDelayError(this::ask, this.pools.size(), 1)
			.then()
			.timeout(KNOWN_WITHIN, Mono.error(Catalogue::tooSlow))
			.onErrorMap((error) -> Exceptions.unwrapMultiple(error).getFirst())
			.onErrorResume((error) -> this.known.isEmpty() ? Mono.error(error) : Mono.empty())
			.then(Mono.fromSupplier(() -> union(this.pools)));
	}

	private static ExecutionFailure tooSlow() {
		return ExecutionFailure.passing(FailureCode.POOL_TIMEOUT, "Not all pools told their runtimes within "
				+ KNOWN_WITHIN.toSeconds() + " s, and nothing is known of any");
	}

	private boolean isExactlyKnown(Execution execution) {
		return EXACT.matcher(execution.version()).matches() && union(this.pools).stream()
			.anyMatch((runtime) -> runtime.answersTo(execution.language())
					&& runtime.version().equals(execution.version()));
	}

	private void goOn() {
		List<String> silent = this.pools.stream().filter((pool) -> !knows(pool)).map(SessionPool::name).toList();
		this.waitsForNobody = true;
		if (this.heard.tryEmitEmpty() == EmitResult.OK && !silent.isEmpty()) {
			logger.warn("Versions are chosen without these pools, which have not told their runtimes yet: {}", silent);
		}
	}

	private Mono<Void> ask(SessionPool pool) {
		return Mono.defer(() -> this.calls.computeIfAbsent(pool, this::call));
	}

	/** Nobody's leaving ends it, so that the next one comes in any case. */
	private Mono<Void> call(SessionPool pool) {
		return pool.askForRuntimes()
			.doOnSuccess((runtimes) -> learn(pool, runtimes))
			.doOnError((error) -> this.failures.merge(pool, 1, Integer::sum))
			.doFinally((signal) -> {
				this.calls.remove(pool);
				askAgain(pool);
			})
			.then()
			.cache();
	}

	private synchronized void learn(SessionPool pool, @Nullable List<LanguageRuntime> runtimes) {
		if (runtimes == null) {
			this.failures.merge(pool, 1, Integer::sum);
			return;
		}
		// In this order: who sees the union finds by it, too.
		this.known.put(pool, runtimes);
		this.edition = this.edition + 1;
		this.union = union(this.pools);
		this.failures.remove(pool);
		if (this.known.size() == this.pools.size()) {
			this.waitsForNobody = true;
			this.heard.tryEmitEmpty();
		}
	}

	private void askAgain(SessionPool pool) {
		int failed = this.failures.getOrDefault(pool, 0);
		Duration pause = (failed == 0) ? pool.properties().runtimesRefresh()
				: FIRST_PAUSE.multipliedBy(1L << Math.min(failed - 1, DOUBLINGS));
		Disposable.Swap place = this.next.get(pool);
		if (place != null) {
			place.update(Mono.delay(pause, Schedulers.parallel())
				.then(Mono.defer(() -> ask(pool)))
				.onErrorComplete()
				.subscribe());
		}
	}

}
