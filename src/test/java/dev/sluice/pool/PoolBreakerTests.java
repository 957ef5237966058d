package dev.sluice.pool;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.io.buffer.DefaultDataBufferFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class PoolBreakerTests {

	private static final Duration WITHIN = Duration.ofSeconds(10);

	private static final Mono<Answer> BROKEN = Mono
		.error(() -> ExecutionFailure.broken(FailureCode.POOL_BROKE, Executed.UNKNOWN, "broke"));

	private static final Mono<Answer> FULL = Mono.error(() -> ExecutionFailure.passing(FailureCode.POOL_FULL, "full"));

	private static final Mono<Answer> WELL = Mono
		.fromSupplier(() -> Answer.whole(new byte[] { '{', '}' }, DefaultDataBufferFactory.sharedInstance));

	private static final BreakerProperties PROPERTIES = new BreakerProperties(Duration.ofSeconds(10), 5, 50,
			Duration.ofMillis(20), Duration.ofMillis(40), 3);

	private PoolBreaker breaker = new PoolBreaker("test", PROPERTIES);

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8 })
	void whateverBecomesOfItsProbesItIsNotLeftHalfOpen(long seed) {
		Random random = new Random(seed);
		for (int round = 0; round < 12; round++) {
			open();
			awaitHalfOpen();
			Flux.range(0, 4 + random.nextInt(20))
				.map((number) -> random.nextInt(8))
				.flatMap((kind) -> probe(kind, random.nextInt(3)).subscribeOn(Schedulers.parallel()), 8)
				.blockLast(WITHIN);
			await().atMost(5, TimeUnit.SECONDS).pollInterval(Duration.ofMillis(2)).until(() -> {
				run(WELL);
				return this.breaker.state().equals("closed");
			});
		}
	}

	@Test
	void noMoreProbesAreLetThroughAtOnceThanMayBe() {
		open();
		awaitHalfOpen();
		AtomicInteger let = new AtomicInteger();
		Disposable running = Flux.range(0, 20)
			.flatMap((number) -> this.breaker
				.guard(Mono.<Answer>never().doOnSubscribe((subscription) -> let.incrementAndGet()))
				.onErrorComplete(), 20)
			.subscribe();
		assertThat(let).hasValue(3);
		running.dispose();
		run(WELL);
		run(WELL);
		run(WELL);
		assertThat(this.breaker.state()).isEqualTo("closed");
	}

	@Test
	void aPoolThatIsSeldomAskedIsWellAgainByFewerProbes() {
		this.breaker = new PoolBreaker("test", PROPERTIES, Duration.ofMillis(200));
		open();
		awaitHalfOpen();
		run(WELL);
		assertThat(this.breaker.state()).isEqualTo("half-open");
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.breaker.state().equals("closed"));
	}

	@Test
	void probesThatDoNotEndOpenItAgain() {
		this.breaker = new PoolBreaker("test",
				new BreakerProperties(Duration.ofSeconds(10), 5, 50, Duration.ofMillis(20), Duration.ofMinutes(1), 3),
				Duration.ofMillis(200));
		open();
		awaitHalfOpen();
		Disposable running = this.breaker.guard(Mono.never()).subscribe();
		await().atMost(5, TimeUnit.SECONDS).until(this.breaker::isOpen);
		running.dispose();
	}

	@Test
	void aHalfOpenBreakerThatNobodyTriesStaysSo() {
		this.breaker = new PoolBreaker("test", PROPERTIES, Duration.ofMillis(50));
		open();
		awaitHalfOpen();
		await().during(300, TimeUnit.MILLISECONDS)
			.atMost(5, TimeUnit.SECONDS)
			.until(() -> this.breaker.state().equals("half-open"));
	}

	private void open() {
		await().atMost(5, TimeUnit.SECONDS).pollInterval(Duration.ofMillis(1)).until(() -> {
			run(BROKEN);
			return this.breaker.isOpen();
		});
	}

	private void awaitHalfOpen() {
		await().atMost(5, TimeUnit.SECONDS)
			.pollInterval(Duration.ofMillis(1))
			.until(() -> this.breaker.state().equals("half-open"));
	}

	private void run(Mono<Answer> call) {
		this.breaker.guard(call).doOnNext(Answer::discard).onErrorComplete().block(WITHIN);
	}

	/** A call that ends in some way, or is left before, at or after its end. */
	private Mono<Void> probe(int kind, int millis) {
		Duration pause = Duration.ofMillis(millis);
		Mono<Answer> call = switch (kind) {
			case 0, 1 -> Mono.never();
			case 2 -> FULL.delaySubscription(pause);
			case 3 -> BROKEN.delaySubscription(pause);
			case 4 -> WELL;
			case 5 -> Mono.empty();
			default -> WELL.delaySubscription(pause);
		};
		return this.breaker.guard(call)
			.doOnNext(Answer::discard)
			.doOnDiscard(Answer.class, Answer::discard)
			.then()
			.onErrorComplete()
			// Not a timeout: that is a cancel, as that of a client who leaves.
			.takeUntilOther(Mono.delay(Duration.ofMillis(1 + kind % 3)));
	}

}
