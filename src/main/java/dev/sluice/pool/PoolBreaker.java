package dev.sluice.pool;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.execution.Answer;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.reactor.circuitbreaker.operator.CircuitBreakerOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Passes over a pool that fails, for a growing time, and then tries it with a few
 * executions. What a program did is no failure of its pool, and neither is a pool that is
 * full.
 */
final class PoolBreaker {

	private static final Logger logger = LoggerFactory.getLogger(PoolBreaker.class);

	/**
	 * Probes that do not end must not keep the breaker half open, nor too few of them.
	 */
	private static final Duration PROBED_WITHIN = Duration.ofSeconds(30);

	private final String pool;

	private final IntervalFunction openTime;

	private final CircuitBreaker breaker;

	private final int probes;

	private final Duration probedWithin;

	/** How many of the half open breaker's calls have begun. */
	private final AtomicInteger probing = new AtomicInteger();

	private final Disposable.Swap judgement = Disposables.swap();

	private volatile long openUntil = System.nanoTime();

	private volatile @Nullable ExecutionFailure last;

	PoolBreaker(String pool, BreakerProperties properties) {
		this(pool, properties, PROBED_WITHIN);
	}

	PoolBreaker(String pool, BreakerProperties properties, Duration probedWithin) {
		this.pool = pool;
		this.probedWithin = probedWithin;
		this.openTime = IntervalFunction.ofExponentialBackoff(properties.open(), 2, properties.maxOpen());
		this.probes = properties.probes();
		this.breaker = CircuitBreaker.of(pool, config(properties, this::openFor));
		this.breaker.getEventPublisher().onStateTransition((event) -> {
			this.judgement.update(Disposables.disposed());
			this.probing.set(0);
			String state = text(event.getStateTransition().getToState());
			logger.info("The breaker of pool {} is {}{}", pool, state, because());
		});
	}

	/** Whether the pool is passed over now. */
	boolean isOpen() {
		return this.breaker.getState() == State.OPEN;
	}

	/**
	 * Whether a call would be let through now. While it is half open, that is for as many
	 * as may try the pool at once.
	 */
	boolean hasRoom() {
		return switch (this.breaker.getState()) {
			case OPEN, FORCED_OPEN -> false;
			case HALF_OPEN -> this.probing.get() < this.probes;
			case CLOSED, DISABLED, METRICS_ONLY -> true;
		};
	}

	String state() {
		return text(this.breaker.getState());
	}

	/**
	 * Lets a call through, unless the pool is passed over.
	 * @param call the call, which fails with typed failures
	 * @return the call; an {@link ExecutionFailure} with
	 * {@link FailureCode#POOL_UNAVAILABLE} where it was not let through
	 */
	Mono<Answer> guard(Mono<Answer> call) {
		return Mono.defer(() -> {
			Mono<Answer> guarded = call.doOnError(this::remember).transform(CircuitBreakerOperator.of(this.breaker));
			return (this.breaker.getState() == State.HALF_OPEN) ? probe(guarded) : guarded;
		}).onErrorMap(this::told);
	}

	private Throwable told(Throwable error) {
		return switch (error) {
			case CallNotPermittedException refused -> unavailable();
			case Silence.Fault silence -> silence.failure();
			default -> error;
		};
	}

	/** A probe that says nothing of the pool leaves its place to another one. */
	private Mono<Answer> probe(Mono<Answer> guarded) {
		AtomicBoolean counted = new AtomicBoolean(true);
		Runnable leave = () -> {
			if (counted.compareAndSet(true, false)) {
				this.probing.decrementAndGet();
			}
		};
		if (this.probing.getAndIncrement() == 0) {
			judgeLater();
		}
		return guarded.doOnCancel(leave)
			.doOnError((error) -> !counts(error) && !isUsers(error), (error) -> leave.run());
	}

	private void judgeLater() {
		this.judgement
			.update(Schedulers.parallel().schedule(this::judge, this.probedWithin.toNanos(), TimeUnit.NANOSECONDS));
	}

	/**
	 * A pool that is seldom asked is well again where all who tried it say so, however
	 * few they were.
	 */
	private void judge() {
		int failed = this.breaker.getMetrics().getNumberOfFailedCalls();
		int well = this.breaker.getMetrics().getNumberOfSuccessfulCalls();
		boolean goOn = this.probing.get() > failed + well;
		if (this.breaker.getState() != State.HALF_OPEN) {
			return;
		}
		if (failed > 0 || goOn && well == 0) {
			this.breaker.transitionToOpenState();
		}
		else if (goOn) {
			judgeLater();
		}
		else if (well > 0) {
			this.breaker.transitionToClosedState();
		}
	}

	/**
	 * Counts an answer that began well and then broke.
	 * @param error its failure
	 */
	void failed(Throwable error) {
		if (counts(error)) {
			this.breaker.onError(0, TimeUnit.NANOSECONDS, error);
		}
	}

	/** Why nothing is sent to the pool now. */
	ExecutionFailure unavailable() {
		return ExecutionFailure
			.passing(FailureCode.POOL_UNAVAILABLE,
					"Pool '" + this.pool + "' failed too often, and is passed over for a while" + because())
			.retryAfter(openTimeLeft())
			.in(this.pool);
	}

	/** In whole seconds, one at least: as clients are told it. */
	private Duration openTimeLeft() {
		long nanos = this.openUntil - System.nanoTime();
		return Duration.ofSeconds(Math.max(1, TimeUnit.NANOSECONDS.toSeconds(nanos + 999_999_999)));
	}

	/** Asked as it opens. */
	private Long openFor(Integer times) {
		Long millis = this.openTime.apply(times);
		this.openUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
		return millis;
	}

	private void remember(Throwable error) {
		if (error instanceof Silence.Fault silence) {
			this.last = silence.failure();
		}
		else if (error instanceof ExecutionFailure failure && counts(failure)) {
			this.last = failure;
		}
	}

	private String because() {
		ExecutionFailure failure = this.last;
		return (failure != null) ? ". Its last failure (" + failure.code().text() + "): " + failure.message() : "";
	}

	private static CircuitBreakerConfig config(BreakerProperties properties, IntervalFunction openTime) {
		return CircuitBreakerConfig.custom()
			// The other strategy locks, and the callers are event loops.
			.slidingWindow((int) Math.max(1, properties.window().toSeconds()), properties.minimumCalls(),
					SlidingWindowType.TIME_BASED, SlidingWindowSynchronizationStrategy.LOCK_FREE)
			.failureRateThreshold(properties.failureRate())
			.slowCallRateThreshold(100)
			.slowCallDurationThreshold(Duration.ofDays(1))
			.waitIntervalFunctionInOpenState(openTime)
			.automaticTransitionFromOpenToHalfOpenEnabled(true)
			.permittedNumberOfCallsInHalfOpenState(properties.probes())
			.recordException(PoolBreaker::counts)
			.ignoreException((error) -> !counts(error) && !isUsers(error))
			.writableStackTraceEnabled(false)
			.build();
	}

	/** Whether an error is the pool's fault. */
	private static boolean counts(Throwable error) {
		return error instanceof Silence.Fault || error instanceof ExecutionFailure failure && switch (failure.code()) {
			case TOKEN_UNAVAILABLE, POOL_UNAUTHORIZED, POOL_FORBIDDEN, POOL_PATH_NOT_FOUND, POOL_UNREACHABLE,
					POOL_NOT_READY, POOL_TIMEOUT, POOL_BROKE, POOL_ANSWER_INVALID, ENGINE_UNAVAILABLE ->
				true;
			// What is said of one request may be that request's own fault.
			case POOL_REQUEST_REFUSED, POOL_IDENTIFIER_REQUIRED, POOL_IDENTIFIER_REFUSED -> false;
			case POOL_FULL, SESSION_BUSY, ENGINE_BUSY, POOL_UNAVAILABLE, OVERLOADED, QUOTA_EXCEEDED, DRAINING,
					DEADLINE_EXCEEDED, INTERNAL, NO_POOL, INVALID_REQUEST, BODY_TIMEOUT, BODY_TOO_LARGE,
					UNSUPPORTED_MEDIA_TYPE, NOT_FOUND, HOST_REFUSED, ORIGIN_REFUSED, UNAUTHENTICATED,
					ISSUER_UNAVAILABLE, SANDBOX_FAILED, UNSUPPORTED ->
				false;
		};
	}

	/** Whether the pool did its part. */
	private static boolean isUsers(Throwable error) {
		return error instanceof ExecutionFailure failure && switch (failure.code()) {
			case INVALID_REQUEST, UNSUPPORTED, SANDBOX_FAILED -> true;
			default -> false;
		};
	}

	private static String text(State state) {
		return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
