package dev.sluice.pool;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;
import reactor.core.scheduler.Schedulers;
import dev.sluice.execution.ExecutorContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.sluice.RawServer;
import dev.sluice.RawServer.Then;
import dev.sluice.execution.Answer;
import dev.sluice.execution.Deadline;
import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Ids;
import dev.sluice.execution.Terms;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.io.buffer.DataBufferUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class PoolsTests {

	private static final Duration WITHIN = Duration.ofSeconds(20);

	private static final String JSON = "Content-Type: application/json\n";

	private static final String ADAPTER = JSON + "Sluice-Adapter: 1\nSluice-Incarnation: first\n";

	private static final String VERDICT = "{\"run\":{\"stdout\":\"42\\n\"}}";

	private static final String RUNTIMES = "[{\"language\":\"python\",\"version\":\"3.12.1\",\"aliases\":[]}]";

	private static final String MISSING = "{\"error\":{\"message\":\"Missing required parameter 'identifier'\"}}";

	private final RawServer one = new RawServer();

	private final RawServer two = new RawServer();

	private final List<Pools> open = new ArrayList<>();

	@AfterEach
	void close() throws Exception {
		for (Pools pools : this.open) {
			await().atMost(10, TimeUnit.SECONDS)
				.untilAsserted(() -> assertThat(pools.all())
					.allSatisfy((pool) -> assertThat(pool.report()).matches((report) -> isQuiet(pool))));
			pools.close();
		}
		this.one.close();
		this.two.close();
	}

	@Test
	void onlyWhatSurelyDidNotRunIsSentAgain() {
		this.one.answersInTurn(busy(), busy(), whole(200, JSON, VERDICT));
		assertThat(body(pools("identifier", "fresh"), terms(false))).isEqualTo(VERDICT);
		assertThat(this.one.count("/execute")).isEqualTo(3);
		this.two.answersInTurn(whole(502, "", ""), whole(200, JSON, VERDICT));
		assertFails(at(this.two), terms(false), FailureCode.POOL_NOT_READY, Executed.UNKNOWN, 1);
		assertThat(this.two.count("/execute")).isEqualTo(1);
	}

	@Test
	void retryAfterIsHonouredWithinTheDeadline() {
		this.one.answers(429, "Retry-After: 100\n", "");
		assertFails(pools("identifier", "none"), terms(false), FailureCode.POOL_FULL, Executed.NO, 1);
		this.one.answersInTurn(whole(429, "Retry-After: 1\n", ""), whole(200, JSON, VERDICT));
		long before = System.nanoTime();
		assertThat(body(pools("identifier", "none"), terms(false))).isEqualTo(VERDICT);
		assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(950));
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void autoTurnsToLeasedIdentifiersOnceThePoolAsksForOne(CapturedOutput output) {
		this.one.answersInTurn(whole(400, JSON, MISSING), whole(200, JSON, VERDICT));
		Pools pools = pools("identifier", "auto");
		assertThat(body(pools, terms(false))).isEqualTo(VERDICT);
		assertThat(body(pools, terms(false))).isEqualTo(VERDICT);
		List<String> identifiers = executions(this.one);
		assertThat(identifiers).hasSize(3);
		assertThat(identifiers.get(0)).isEmpty();
		assertThat(identifiers.get(1)).matches("[0-9a-f]{32}").isEqualTo(identifiers.get(2));
		assertThat(pools.all().getFirst().report().turned()).isTrue();
		assertThat(output.getOut().lines().filter((line) -> line.contains("asks for an identifier"))).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"error\":{\"code\":\"SessionRequestNotSupported\"}}",
			"{\"error\":{\"code\":\"InvalidLengthOfSessionIdentifier\"}}", "the identifier parameter is odd",
			"{\"message\":\"missing required parameter 'identifier'\"}",
			"{\"message\":\"missing required parameter 'identifier'-* runtime is unknown\"}",
			"missing required parameter 'identifier' of something else" })
	void autoTurnsForNoOther400(String body) {
		this.one.answers(400, JSON, body);
		Pools pools = pools("identifier", "auto");
		StepVerifier.create(pools.execute(execution(terms(false)))).expectError(ExecutionFailure.class).verify(WITHIN);
		assertThat(pools.all().getFirst().report().turned()).isFalse();
		assertThat(this.one.count("/execute")).isEqualTo(1);
	}

	@Test
	void whatMayHaveRunIsAskedForAgainOfTheSameSessionWhereItsClientAllowsThat() {
		this.one.answersInTurn(whole(200, ADAPTER, VERDICT), new RawServer.Reply("", Then.RESET),
				whole(200, ADAPTER, VERDICT));
		Pools pools = pools("identifier", "lease");
		body(pools, terms(true));
		assertThat(body(pools, terms(true))).isEqualTo(VERDICT);
		List<String> identifiers = executions(this.one);
		assertThat(identifiers).hasSize(3).allMatch(identifiers.getFirst()::equals);
		List<String> ids = this.one.requests()
			.stream()
			.filter((request) -> request.contains("/execute"))
			.map((request) -> request.replaceAll("(?s).*Sluice-Execution: (\\w+).*", "$1"))
			.toList();
		assertThat(ids.get(1)).isEqualTo(ids.get(2)).isNotEqualTo(ids.get(0));
		assertThat(this.one.requests().getLast()).contains("Sluice-Repeatable");
	}

	@Test
	void whatMayHaveRunIsNotRepeatedBehindABarePistonOrWithoutPermission() {
		this.one.answers("", Then.RESET);
		assertFails(pools("identifier", "lease"), terms(true), FailureCode.POOL_BROKE, Executed.UNKNOWN, 1);
		this.two.answersInTurn(whole(200, ADAPTER, VERDICT), new RawServer.Reply("", Then.RESET));
		Pools known = at(this.two, "identifier", "lease");
		body(known, terms(false));
		assertFails(known, terms(false), FailureCode.POOL_BROKE, Executed.UNKNOWN, 1);
	}

	@Test
	void aRepeatThatIsRefusedDoesNotMakeItSureThatNothingRan() {
		this.one.answersInTurn(whole(200, ADAPTER, VERDICT), new RawServer.Reply("", Then.RESET), whole(403, "", ""));
		Pools pools = pools("identifier", "lease");
		body(pools, terms(true));
		assertFails(pools, terms(true), FailureCode.POOL_FORBIDDEN, Executed.UNKNOWN, 2);
	}

	@Test
	void anExecutionThatMustBeFoundAgainHasAnIdentifierInAnyMode() {
		this.one.answers(200, ADAPTER, VERDICT);
		Pools pools = pools("identifier", "none");
		body(pools, terms(false));
		body(pools, terms(true));
		assertThat(executions(this.one).get(0)).isEmpty();
		assertThat(executions(this.one).get(1)).hasSize(32);
		this.one.answers(400, JSON, "{\"error\":{\"message\":\"The identifier is not supported\"}}");
		assertFails(pools, terms(true), FailureCode.POOL_IDENTIFIER_REFUSED, Executed.NO, 1);
	}

	@Test
	void afterTheDeadlineNothingGoesOn() {
		this.one.answers("", Then.HANG);
		Pools pools = pools("identifier", "lease", "response-timeout", "60s");
		Terms terms = new Terms(Deadline.in(Duration.ofMillis(300)), false, null, null);
		assertFails(pools, terms, FailureCode.DEADLINE_EXCEEDED, Executed.UNKNOWN, 1);
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.one.count("/.management/stopSession") == 1);
		assertThat(this.one.requests().getFirst()).containsPattern("Sluice-Time-Left: [1-3]?\\d{1,2}\\D");
	}

	@Test
	void aPoolHasATimeLimitOfItsOwn() {
		// The first call of a fresh JVM may take longer than that.
		this.one.answers(200, JSON, VERDICT);
		assertThat(body(pools("identifier", "lease"), terms(false))).isEqualTo(VERDICT);
		this.one.answers("", Then.HANG);
		Pools pools = pools("identifier", "lease", "response-timeout", "60s", "time-limit", "900ms");
		ExecutionFailure failure = assertFails(pools, terms(false), FailureCode.DEADLINE_EXCEEDED, Executed.UNKNOWN, 1);
		assertThat(failure.message()).contains("time limit of 900 ms");
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.one.count("/.management/stopSession") == 1);
		assertThat(this.one.requests())
			.anySatisfy((request) -> assertThat(request).containsPattern("Sluice-Time-Left: \\d{1,3}\\D"));
	}

	@Test
	void theDeadlineAlsoEndsALongAnswer() {
		this.one.answers("HTTP/1.1 200 OK\n" + ADAPTER + "Content-Length: 99999\n\n" + "x".repeat(9_000), Then.HANG);
		Pools pools = pools("identifier", "lease", "hold-back", "1KB", "response-timeout", "60s");
		Terms terms = new Terms(Deadline.in(Duration.ofMillis(500)), false, null, null);
		StepVerifier
			.create(pools.execute(execution(terms)).flatMapMany(Answer::body).doOnNext(DataBufferUtils::release).then())
			.expectErrorMatches((error) -> ((ExecutionFailure) error).code() == FailureCode.DEADLINE_EXCEEDED)
			.verify(WITHIN);
	}

	@Test
	void aClientThatLeavesHasItsSessionStoppedWhereNobodyAcknowledges() {
		this.one.answers("", Then.HANG);
		Pools pools = pools("identifier", "lease", "response-timeout", "60s");
		Disposable running = pools.execute(execution(terms(false))).subscribe();
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.one.open() == 1);
		running.dispose();
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.one.count("/.management/stopSession") == 1);
	}

	@Test
	void aBudgetBoundsTheRepeats() {
		this.one.close();
		Pools pools = pools("identifier", "none", "sluice.retry.floor", "3", "sluice.retry.backoff", "1ms",
				"breaker.minimum-calls", "1000");
		Flux.range(0, 50)
			.concatMap((number) -> pools.execute(execution(terms(false))).then().onErrorComplete())
			.blockLast(WITHIN);
		assertThat(pools.all().getFirst().report().repeated()).isBetween(3L, 13L);
	}

	@Test
	void aRepeatThatThePoolTookCostsNoBudget() {
		RawServer.Reply well = whole(200, JSON, VERDICT);
		this.one.answersInTurn(busy(), well, busy(), well, busy(), well);
		Pools pools = pools("identifier", "none", "sluice.retry.floor", "1", "sluice.retry.budget", "0");
		for (int i = 0; i < 3; i++) {
			assertThat(body(pools, terms(false))).isEqualTo(VERDICT);
		}
		assertThat(pools.all().getFirst().report().repeated()).isEqualTo(3);
	}

	@Test
	void aPoolThatFailsIsPassedOverAndComesBack() {
		this.one.answers(403, "", "");
		Pools pools = pools("identifier", "none", "breaker.minimum-calls", "5", "breaker.open", "300ms");
		for (int i = 0; i < 5; i++) {
			assertFails(pools, terms(false), FailureCode.POOL_FORBIDDEN, Executed.NO, 1);
		}
		ExecutionFailure open = assertFails(pools, terms(false), FailureCode.POOL_UNAVAILABLE, Executed.NO, 0);
		assertThat(open.message()).contains("pool-forbidden", "Session Executor");
		assertThat(open.retryAfter()).isPositive();
		this.one.answers(200, JSON, VERDICT);
		await().atMost(5, TimeUnit.SECONDS).until(() -> pools.all().getFirst().report().breaker().equals("half-open"));
		for (int i = 0; i < 5; i++) {
			assertThat(body(pools, terms(false))).isEqualTo(VERDICT);
		}
		assertThat(pools.all().getFirst().report().breaker()).isEqualTo("closed");
	}

	@Test
	void whatNoWaitWouldMendHasRoomToHearItAtOnce() {
		this.one.answersForRuntimes(RUNTIMES).answers(403, "", "");
		this.two.answersForRuntimes(RUNTIMES).answers(403, "", "");
		Pools pools = both("breaker.minimum-calls", "2", "sluice.pools[1].breaker.minimum-calls", "2");
		assertThat(pools.runtimes().block(WITHIN)).hasSize(1);
		assertThat(pools.candidate(ExecutorContract.execution("cobol", "")).hasRoom()).isTrue();
		for (int i = 0; i < 2; i++) {
			assertFails(pools, terms(false), FailureCode.POOL_FORBIDDEN, Executed.NO, null);
		}
		assertThat(pools.all()).allMatch((pool) -> pool.report().breaker().equals("open"));
		assertThat(pools.candidate(execution(terms(false))).hasRoom()).isTrue();
		assertFails(pools, terms(false), FailureCode.POOL_UNAVAILABLE, Executed.NO, 0);
	}

	@ParameterizedTest
	@CsvSource({ "400, MissingApiVersionParameter, 0, 1", "400, SessionWithIdentifierNotFound, 1, 0",
			"200, Session stopped, 1, 0" })
	void aSessionIsStoppedOnlyWhereThePoolSaysSo(int status, String body, long stopped, long left) {
		this.one.answers(200, JSON, VERDICT).answersForManagement(whole(status, "", body));
		Pools pools = pools("identifier", "fresh", "lease.cooldown", "1s");
		body(pools, terms(false));
		await().atMost(10, TimeUnit.SECONDS).untilAsserted(() -> {
			assertThat(pools.all().getFirst().report().stopped()).isEqualTo(stopped);
			assertThat(pools.all().getFirst().report().leftToCooldown()).isEqualTo(left);
		});
	}

	@Test
	void whoClosesStopsTheSessionsThatAreIdle() {
		this.one.answers(200, JSON, VERDICT);
		Pools pools = at(this.one, "identifier", "lease");
		body(pools, terms(false));
		pools.close();
		assertThat(this.one.count("/.management/stopSession")).isEqualTo(1);
	}

	@ParameterizedTest
	@CsvSource({ "none, 0", "fresh, 0", "auto, 0", "lease, 2" })
	void onlySessionsThatWouldBeUsedAreKeptWarm(String identifier, int warm) {
		this.one.answersForRuntimes(RUNTIMES).answers(200, JSON, VERDICT);
		Pools pools = at(this.one, "identifier", identifier, "lease.warm", "2");
		await().during(Duration.ofMillis(500))
			.atMost(10, TimeUnit.SECONDS)
			.until(() -> this.one.count("/runtimes") == warm
					&& pools.all().getFirst().report().sessions().idle() == warm);
	}

	@Test
	void afterTheDeadlineNothingBegins() {
		Pools pools = pools("identifier", "none");
		assertFails(pools, Terms.within(Duration.ZERO), FailureCode.DEADLINE_EXCEEDED, Executed.NO, 0);
		assertThat(this.one.requests()).isEmpty();
	}

	@Test
	void aClientWhoLeavesAtAnyMomentLeavesNothing() {
		this.one.answers(200, JSON, VERDICT);
		Pools pools = pools("identifier", "lease", "lease.max-sessions", "8");
		for (int i = 0; i < 400; i++) {
			Disposable leaving = pools.execute(execution(terms(false)))
				.subscribeOn(Schedulers.parallel())
				.subscribe(Answer::discard, (error) -> {
				});
			LockSupport.parkNanos((i % 40) * 25_000L);
			leaving.dispose();
		}
		await().atMost(10, TimeUnit.SECONDS).until(() -> isQuiet(pools.all().getFirst()));
		assertThat(body(pools, terms(false))).isEqualTo(VERDICT);
	}

	@Test
	void theTurnOfAutoCostsNobodyHisVerdict() {
		this.one.answersBy(
				(request) -> request.contains("identifier=") ? whole(200, JSON, VERDICT) : whole(400, JSON, MISSING));
		Pools pools = pools("identifier", "auto", "breaker.minimum-calls", "5", "sluice.retry.floor", "1");
		List<String> bodies = Flux.range(0, 40)
			.flatMap((number) -> pools.execute(execution(terms(false)))
				.flatMap((answer) -> DataBufferUtils.join(answer.body()))
				.map((buffer) -> {
					String text = buffer.toString(StandardCharsets.UTF_8);
					DataBufferUtils.release(buffer);
					return text;
				}), 40)
			.collectList()
			.block(WITHIN);
		assertThat(bodies).hasSize(40).allMatch(VERDICT::equals);
		assertThat(pools.all().getFirst().report().breaker()).isEqualTo("closed");
	}

	@Test
	void runtimesAreAskedForOnceHoweverManyWantThem() {
		this.one.answers("", Then.HANG);
		Pools pools = pools("identifier", "none", "response-timeout", "1s");
		List<Disposable> asking = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			asking.add(pools.runtimes().subscribe((runtimes) -> {
			}, (error) -> {
			}));
		}
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.one.count("/runtimes") == 1);
		asking.forEach(Disposable::dispose);
		pools.start();
		assertThat(this.one.count("/runtimes")).isEqualTo(1);
		this.one.answersForRuntimes(RUNTIMES);
	}

	@Test
	void aPistonsWordOnARequestIsItsClients() {
		this.one.answers(400, JSON, "{\"message\":\"python-9 runtime is unknown\"}");
		Pools pools = pools("kind", "piston", "breaker.minimum-calls", "2");
		for (int i = 0; i < 5; i++) {
			assertFails(pools, terms(false), FailureCode.INVALID_REQUEST, Executed.NO, null);
		}
		assertThat(pools.all().getFirst().report().breaker()).isEqualTo("closed");
	}

	@Test
	void aFullPoolAndTheUsersOwnFaultsDoNotOpenTheBreaker() {
		Pools pools = pools("identifier", "fresh", "breaker.minimum-calls", "2", "sluice.retry.attempts", "1");
		this.one.answers(400, ADAPTER, "{\"message\":\"python-9 runtime is unknown\"}");
		for (int i = 0; i < 5; i++) {
			assertFails(pools, terms(false), FailureCode.INVALID_REQUEST, Executed.NO, null);
		}
		this.one.answers(429, "", "");
		for (int i = 0; i < 5; i++) {
			StepVerifier.create(pools.execute(execution(terms(false)))).expectError().verify(WITHIN);
		}
		assertThat(pools.all().getFirst().report().breaker()).isEqualTo("closed");
	}

	@Test
	void aRefusedTokenIsNotSentAgain() {
		this.one.answers(401, "", "");
		assertFails(pools("identifier", "none"), terms(false), FailureCode.POOL_UNAUTHORIZED, Executed.NO, 1);
		assertThat(this.one.count("/execute")).isEqualTo(1);
	}

	@Test
	void whatOnePoolRefusesGoesToTheNext() {
		this.one.answersForRuntimes(RUNTIMES).answers(403, "", "");
		this.two.answersForRuntimes(RUNTIMES).answers(200, JSON, VERDICT);
		Pools pools = both("sluice.pools[1].priority", "2");
		assertThat(body(pools, terms(false))).isEqualTo(VERDICT);
		assertThat(this.one.count("/execute")).isEqualTo(1);
	}

	@Test
	void whatCannotReachOnePoolWaitsForAnotherThatIsOnlyBusy() {
		Pools pools = oneIsGone("sluice.pools[1].identifier", "lease", "sluice.pools[1].lease.max-sessions", "1",
				"sluice.pools[1].response-timeout", "60s");
		this.two.answers("", Then.HANG);
		Disposable busy = pools.execute(execution(terms(false))).subscribe();
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.two.count("/execute") == 1);
		assertFails(pools, terms(false), FailureCode.POOL_FULL, Executed.NO, null);
		assertThat(pools.candidate(execution(terms(false))).hasRoom()).isFalse();
		busy.dispose();
	}

	@Test
	void aPoolThatCannotBeReachedIsPassedOverForAWhileAndComesBack() throws Exception {
		Pools pools = oneIsGone("identifier", "none");
		this.two.answers(200, JSON, VERDICT);
		for (int i = 0; i < 50; i++) {
			assertThat(body(pools, terms(false))).isEqualTo(VERDICT);
		}
		assertThat(pools.all().getFirst().report().sent()).isBetween(1L, 5L);
		assertThat(pools.all().getFirst().report().breaker()).isEqualTo("closed");
		try (RawServer back = new RawServer(this.one.address().getPort()).answers(200, JSON, VERDICT)) {
			await().atMost(5, TimeUnit.SECONDS).until(() -> {
				body(pools, terms(false));
				return back.count("/execute") > 3;
			});
		}
	}

	@Test
	void whereNoPoolCanBeReachedEachExecutionIsToldSoAtOnce() {
		Pools pools = oneIsGone("sluice.retry.attempts", "1");
		this.two.close();
		for (int i = 0; i < 5; i++) {
			assertFails(pools, terms(false), FailureCode.POOL_UNREACHABLE, Executed.NO, 1);
			assertThat(pools.candidate(execution(terms(false))).hasRoom()).isTrue();
		}
	}

	/** Two pools, of which the first was known, and can no longer be reached. */
	private Pools oneIsGone(String... settings) {
		this.one.answersForRuntimes(RUNTIMES);
		this.two.answersForRuntimes(RUNTIMES);
		// Who gets a connection that is about to end may have been heard.
		Pools pools = both(Stream.concat(Stream.of("idle-timeout", "1ms"), Stream.of(settings)).toArray(String[]::new));
		assertThat(pools.runtimes().block(WITHIN)).hasSize(1);
		// One that answers at once may be asked twice: by the start, and by who waits.
		await().atMost(5, TimeUnit.SECONDS)
			.until(() -> this.one.count("/runtimes") > 0 && this.two.count("/runtimes") > 0
					&& pools.all().stream().allMatch(PoolsTests::isQuiet));
		this.one.close();
		return pools;
	}

	@Test
	void poolsShareTheLoadByWeight() {
		this.one.answersForRuntimes(RUNTIMES).answers("", Then.HANG);
		this.two.answersForRuntimes(RUNTIMES).answers("", Then.HANG);
		Pools pools = both("sluice.pools[1].weight", "3", "sluice.pools[0].response-timeout", "60s",
				"sluice.pools[1].response-timeout", "60s");
		Disposable running = Flux.range(0, 8)
			.flatMap((number) -> pools.execute(execution(terms(false))))
			.subscribe((answer) -> {
			}, (error) -> {
			});
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.one.count("/execute") + this.two.count("/execute") == 8);
		assertThat(this.two.count("/execute")).isEqualTo(6);
		running.dispose();
	}

	@Test
	void onlyPoolsWithTheVeryVersionFit() {
		this.one.answersForRuntimes(RUNTIMES).answers(200, JSON, VERDICT);
		this.two.answersForRuntimes(RUNTIMES.replace("3.12.1", "3.13.0")).answers(429, "", "");
		Pools pools = both();
		StepVerifier.create(pools.runtimes())
			.assertNext((runtimes) -> assertThat(runtimes).hasSize(2))
			.expectComplete()
			.verify(WITHIN);
		assertThat(assertFails(pools, terms(false), FailureCode.POOL_FULL, Executed.NO, null).pool()).isEqualTo("two");
		assertThat(this.one.count("/execute")).isZero();
		StepVerifier
			.create(pools.execute(new Execution(Ids.next(), "python", "3.12.x", ByteBuffer.allocate(0), terms(false))))
			.expectNextCount(1)
			.expectComplete()
			.verify(WITHIN);
		StepVerifier
			.create(pools.execute(new Execution(Ids.next(), "cobol", "*", ByteBuffer.allocate(0), terms(false))))
			.expectErrorMessage("cobol-* runtime is unknown")
			.verify(WITHIN);
	}

	@Test
	void aPlainPistonGetsNeitherTokenNorIdentifier() {
		this.one.answers(200, JSON, VERDICT);
		Pools pools = pools("kind", "piston", "credential.kind", "default", "credential.token", "");
		assertThat(body(pools, terms(true))).isEqualTo(VERDICT);
		assertThat(this.one.requests().getFirst()).startsWith("POST /api/v2/execute HTTP/1.1")
			.doesNotContainIgnoringCase("authorization");
	}

	@Test
	void aFailureNamesItsPoolAndItsTrace() {
		this.one.answers(403, "", "");
		Execution execution = execution(terms(false));
		StepVerifier.create(pools().execute(execution)).expectErrorSatisfies((error) -> {
			assertThat(((ExecutionFailure) error).pool()).isEqualTo("one");
			assertThat(((ExecutionFailure) error).traceId()).isEqualTo(execution.id());
		}).verify(WITHIN);
	}

	private Pools pools(String... settings) {
		return at(this.one, settings);
	}

	private Pools at(RawServer server, String... settings) {
		String[] all = new String[settings.length + 4];
		System.arraycopy(new String[] { "name", "one", "sluice.retry.attempts", "4" }, 0, all, 0, 4);
		System.arraycopy(settings, 0, all, 4, settings.length);
		return keep(TestPools.at(server.address(), all));
	}

	private Pools both(String... settings) {
		String[] second = { "sluice.pools[1].name", "two", "sluice.pools[1].endpoint", this.two.address().toString(),
				"sluice.pools[1].credential.kind", "static", "sluice.pools[1].credential.token", "test-token",
				"sluice.pools[1].identifier", "fresh", "identifier", "fresh" };
		String[] all = new String[second.length + settings.length];
		System.arraycopy(second, 0, all, 0, second.length);
		System.arraycopy(settings, 0, all, second.length, settings.length);
		return at(this.one, all);
	}

	private Pools keep(Pools pools) {
		this.open.add(pools);
		return pools;
	}

	private static boolean isQuiet(Pool pool) {
		PoolReport report = pool.report();
		return report.running() == 0 && report.sessions().leased() == 0 && report.sessions().quarantined() == 0;
	}

	private static ExecutionFailure assertFails(Pools pools, Terms terms, FailureCode code, Executed executed,
			Integer attempts) {
		ExecutionFailure[] seen = new ExecutionFailure[1];
		StepVerifier.create(pools.execute(execution(terms)).flatMapMany(Answer::body)).expectErrorSatisfies((error) -> {
			seen[0] = (ExecutionFailure) error;
			assertThat(seen[0].code()).as(seen[0].message()).isEqualTo(code);
			assertThat(seen[0].executed()).isEqualTo(executed);
			if (attempts != null) {
				assertThat(seen[0].attempts()).isEqualTo(attempts);
			}
		}).verify(WITHIN);
		return seen[0];
	}

	private static String body(Pools pools, Terms terms) {
		return pools.execute(execution(terms))
			.flatMap((answer) -> DataBufferUtils.join(answer.body()))
			.map((buffer) -> {
				String text = buffer.toString(StandardCharsets.UTF_8);
				DataBufferUtils.release(buffer);
				return text;
			})
			.block(WITHIN);
	}

	private static List<String> executions(RawServer server) {
		return server.requests()
			.stream()
			.filter((request) -> request.contains("/execute"))
			.map((request) -> request.contains("identifier=")
					? request.replaceAll("(?s).*identifier=([0-9a-f]+) .*", "$1") : "")
			.toList();
	}

	private static Execution execution(Terms terms) {
		return new Execution(Ids.next(), "python", "*", ByteBuffer.wrap("{}".getBytes(StandardCharsets.UTF_8)), terms);
	}

	private static Terms terms(boolean repeatable) {
		return new Terms(Deadline.in(Duration.ofSeconds(15)), repeatable, null, null);
	}

	private static RawServer.Reply busy() {
		return whole(429, ADAPTER,
				"{\"message\":\"Busy\",\"code\":\"engine-busy\",\"executed\":\"no\",\"retryable\":true}");
	}

	private static RawServer.Reply whole(int status, String headers, String body) {
		return RawServer.Reply.whole(status, headers, body);
	}

}
