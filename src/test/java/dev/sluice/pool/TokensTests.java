package dev.sluice.pool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.pool.CredentialProperties.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class TokensTests {

	private static final Duration WITHIN = Duration.ofSeconds(10);

	private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();

	private final AtomicInteger calls = new AtomicInteger();

	private final List<TokenRequestContext> requests = new CopyOnWriteArrayList<>();

	private Function<Integer, Mono<AccessToken>> issuer = (call) -> Mono.just(token("t" + call, 60));

	private final Tokens tokens = new Tokens("test", (request) -> {
		this.requests.add(request);
		return this.issuer.apply(this.calls.incrementAndGet());
	}, properties(Kind.DEFAULT, WITHIN), this.timer);

	@AfterEach
	void close() {
		this.tokens.close();
	}

	@Test
	void aStormAtTheExpiryMakesOneCall() {
		ShiftedClock clock = new ShiftedClock();
		Tokens stormed = new Tokens("test",
				(request) -> Mono.delay(Duration.ofMillis(200))
					.map((tick) -> new AccessToken("t" + this.calls.incrementAndGet(),
							OffsetDateTime.now(ZoneOffset.UTC).plusMinutes(this.calls.get() * 60L))),
				properties(Kind.DEFAULT, WITHIN), clock);
		assertThat(stormed.get().block(WITHIN).getToken()).isEqualTo("t1");
		clock.ahead = Duration.ofMinutes(61);
		StepVerifier
			.create(Flux.range(0, 5000)
				.flatMap((number) -> stormed.get().subscribeOn(Schedulers.parallel()), 5000)
				.map(AccessToken::getToken)
				.collectList())
			.assertNext((all) -> assertThat(all).hasSize(5000).containsOnly("t2"))
			.expectComplete()
			.verify(WITHIN);
		assertThat(this.calls).hasValue(2);
		stormed.close();
	}

	@Test
	void whoWaitsForTheIssuerGetsTheTokenThatComesAfterAnExecutionsWait() {
		Sinks.One<AccessToken> issued = Sinks.one();
		Tokens slow = new Tokens("test", (request) -> issued.asMono(),
				new CredentialProperties(Kind.DEFAULT, "scope", null, null, null, WITHIN, Duration.ofMillis(20)),
				Schedulers.parallel());
		StepVerifier.create(slow.get()).expectError(ExecutionFailure.class).verify(WITHIN);
		StepVerifier.create(slow.come())
			.expectSubscription()
			.expectNoEvent(Duration.ofMillis(100))
			.then(() -> issued.tryEmitValue(token("late", 60)))
			.assertNext((token) -> assertThat(token.getToken()).isEqualTo("late"))
			.expectComplete()
			.verify(WITHIN);
		slow.close();
	}

	@Test
	void aTokenIsRenewedInTheBackgroundFiveMinutesBeforeItExpires() {
		assertThat(get()).isEqualTo("t1");
		pass(Duration.ofMinutes(54));
		assertThat(get()).isEqualTo("t1");
		pass(Duration.ofMinutes(1));
		await().atMost(WITHIN).untilAsserted(() -> assertThat(get()).isEqualTo("t2"));
		assertThat(this.calls).hasValue(2);
	}

	@Test
	void aTokenIsRenewedWhenItsIssuerSaysSo() {
		this.issuer = (call) -> Mono.just(new AccessToken("t" + call, in(60), in(20)));
		assertThat(get()).isEqualTo("t1");
		pass(Duration.ofMinutes(20));
		await().atMost(WITHIN).untilAsserted(() -> assertThat(get()).isEqualTo("t2"));
	}

	@Test
	void theValidTokenIsServedWhileItsRenewalIsSlowOrFails() {
		assertThat(get()).isEqualTo("t1");
		this.issuer = (call) -> (call == 2) ? Mono.error(new IllegalStateException("down")) : Mono.never();
		pass(Duration.ofMinutes(55));
		await().atMost(WITHIN).until(() -> this.calls.get() == 2);
		assertThat(get()).isEqualTo("t1");
		assertThat(secondsUntilCall(3)).isGreaterThanOrEqualTo(30);
		assertThat(get()).isEqualTo("t1");
	}

	@Test
	void theSameTokenAgainIsNotAskedForAtOnce() {
		this.issuer = (call) -> Mono.just(new AccessToken("same", in(4)));
		assertThat(get()).isEqualTo("same");
		assertThat(get()).isEqualTo("same");
		assertThat(this.calls).hasValue(1);
		pass(Duration.ofSeconds(29));
		assertThat(this.calls).hasValue(1);
		pass(Duration.ofSeconds(1));
		await().atMost(WITHIN).until(() -> this.calls.get() == 2);
		assertThat(secondsUntilCall(3)).isGreaterThanOrEqualTo(30);
	}

	@Test
	void aRefusedTokenIsDroppedOnceAndTheNextCallGoesPastTheCache() {
		AccessToken first = this.tokens.get().block(WITHIN);
		this.tokens.reject(first);
		this.tokens.reject(first);
		assertThat(get()).isEqualTo("t2");
		assertThat(this.requests.get(0).getClaims()).isNull();
		assertThat(this.requests.get(1).getClaims()).contains("nbf");
		this.tokens.reject(first);
		assertThat(get()).isEqualTo("t2");
		assertThat(this.calls).hasValue(2);
	}

	@Test
	void aRefusedTokenThatComesAgainIsNotDroppedAgainForAWhile() {
		this.issuer = (call) -> Mono.just(token("same", 60));
		AccessToken first = this.tokens.get().block(WITHIN);
		for (int i = 0; i < 10; i++) {
			this.tokens.reject(first);
			assertThat(get()).isEqualTo("same");
		}
		assertThat(this.calls).hasValue(2);
	}

	@Test
	void aPoolThatRefusesEachTokenCostsOneCallInHalfAMinute() {
		this.tokens.reject(this.tokens.get().block(WITHIN));
		for (int i = 0; i < 50; i++) {
			AccessToken token = this.tokens.get().block(WITHIN);
			assertThat(token.getToken()).isEqualTo("t2");
			this.tokens.reject(token);
		}
		assertThat(this.calls).hasValue(2);
		pass(Duration.ofSeconds(30));
		this.tokens.reject(this.tokens.get().block(WITHIN));
		assertThat(get()).isEqualTo("t3");
	}

	@Test
	void aTokenThatHasExpiredByOurClockAsItComesIsUsedForAWhile() {
		this.issuer = (call) -> Mono.just(token("t" + call, -30));
		assertThat(get()).isEqualTo("t1");
		assertThat(get()).isEqualTo("t1");
		assertThat(this.calls).hasValue(1);
	}

	@Test
	void aFailureIsTypedAndToldToAllForAMoment() {
		this.issuer = (call) -> Mono.error(new IllegalStateException("secret details"));
		for (int i = 0; i < 100; i++) {
			StepVerifier.create(this.tokens.get()).expectErrorSatisfies((error) -> {
				assertThat(((ExecutionFailure) error).code()).isEqualTo(FailureCode.TOKEN_UNAVAILABLE);
				assertThat(error).hasMessageContaining("some-scope").hasMessageNotContaining("secret");
			}).verify(WITHIN);
		}
		assertThat(this.calls).hasValue(1);
		assertThat(this.tokens.isReady()).isFalse();
		this.issuer = (call) -> Mono.just(token("t", 60));
		pass(Duration.ofSeconds(2));
		assertThat(get()).isEqualTo("t");
		assertThat(this.tokens.isReady()).isTrue();
	}

	@Test
	void theWaitForTheFirstTokenIsBounded() {
		Tokens slow = new Tokens("test", (request) -> Mono.fromCallable(() -> {
			Thread.sleep(60_000);
			return token("late", 60);
		}), properties(Kind.DEFAULT, Duration.ofMillis(200)), Schedulers.parallel());
		StepVerifier.create(slow.get()).expectError(ExecutionFailure.class).verify(WITHIN);
		slow.close();
	}

	@Test
	void aTokenFileIsReadAgain(@TempDir Path folder) throws IOException {
		Path file = Files.writeString(folder.resolve("token"), "first\n");
		TokenCredential credential = Credentials
			.of(new CredentialProperties(Kind.STATIC, "scope", null, null, file, WITHIN, WITHIN));
		TokenRequestContext request = new TokenRequestContext();
		assertThat(credential.getTokenSync(request).getToken()).isEqualTo("first");
		Files.writeString(file, "second");
		assertThat(credential.getTokenSync(request).getToken()).isEqualTo("second");
	}

	@Test
	void aCredentialIsMadeAnewToGoPastItsCache() {
		AtomicInteger made = new AtomicInteger();
		TokenCredential credential = Credentials.of(Kind.WORKLOAD_IDENTITY, Mono.fromCallable(() -> {
			int number = made.incrementAndGet();
			return (request) -> Mono.just(token("of-" + number, 60));
		}));
		TokenRequestContext plain = new TokenRequestContext();
		assertThat(credential.getTokenSync(plain).getToken()).isEqualTo("of-1");
		assertThat(credential.getTokenSync(plain).getToken()).isEqualTo("of-1");
		assertThat(credential.getTokenSync(new TokenRequestContext().setClaims("{}")).getToken()).isEqualTo("of-2");
	}

	@ParameterizedTest
	@EnumSource(value = Kind.class, names = { "DEFAULT", "MANAGED_IDENTITY", "WORKLOAD_IDENTITY" })
	void whoRefusesClaimsIsAskedWithoutThem(Kind kind) {
		TokenCredential credential = Credentials.of(kind, Mono.just((request) -> (request.getClaims() != null)
				? Mono.error(new IllegalArgumentException("claims")) : Mono.just(token("plain", 60))));
		assertThat(credential.getTokenSync(new TokenRequestContext().setClaims("{}")).getToken()).isEqualTo("plain");
	}

	@Test
	void whatAnIdentityLacksInItsEnvironmentIsATypedFailure() {
		CredentialProperties properties = properties(Kind.WORKLOAD_IDENTITY, WITHIN);
		Tokens none = new Tokens("test", Credentials.of(properties), properties, Schedulers.parallel());
		StepVerifier.create(none.get()).expectErrorSatisfies((error) -> {
			assertThat(((ExecutionFailure) error).code()).isEqualTo(FailureCode.TOKEN_UNAVAILABLE);
			assertThat(error).hasMessageContaining("credential.kind");
		}).verify(WITHIN);
	}

	private String get() {
		return this.tokens.get().block(WITHIN).getToken();
	}

	private void pass(Duration time) {
		this.timer.advanceTimeBy(time);
	}

	/** A renewal ends on a thread of its own, and only then schedules the next one. */
	private int secondsUntilCall(int call) {
		AtomicInteger seconds = new AtomicInteger();
		await().atMost(WITHIN).pollInterval(Duration.ofMillis(5)).until(() -> {
			if (this.calls.get() < call) {
				pass(Duration.ofSeconds(1));
				seconds.incrementAndGet();
			}
			return this.calls.get() == call;
		});
		return seconds.get();
	}

	private AccessToken token(String text, int minutes) {
		return new AccessToken(text, in(minutes));
	}

	private OffsetDateTime in(int minutes) {
		Instant now = Instant.ofEpochMilli(this.timer.now(TimeUnit.MILLISECONDS));
		return now.plus(Duration.ofMinutes(minutes)).atOffset(ZoneOffset.UTC);
	}

	private static CredentialProperties properties(Kind kind, Duration times) {
		return new CredentialProperties(kind, "some-scope", null, null, null, times, times);
	}

	/** Its time can be set ahead, and its timers are real. */
	private static final class ShiftedClock implements Scheduler {

		private volatile Duration ahead = Duration.ZERO;

		@Override
		public Disposable schedule(Runnable task) {
			return Schedulers.parallel().schedule(task);
		}

		@Override
		public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
			return Schedulers.parallel().schedule(task, delay, unit);
		}

		@Override
		public Worker createWorker() {
			return Schedulers.parallel().createWorker();
		}

		@Override
		public long now(TimeUnit unit) {
			return Schedulers.parallel().now(unit) + unit.convert(this.ahead);
		}

	}

}
