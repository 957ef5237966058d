package dev.sluice.pool;

import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import dev.sluice.RawServer;
import dev.sluice.RawServer.Reply;
import dev.sluice.RawServer.Then;
import dev.sluice.execution.Answer;
import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import dev.sluice.execution.ExecutorContract;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Timeline.Leg;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class SessionPoolTests extends ExecutorContract {

	private static final Duration WITHIN = Duration.ofSeconds(10);

	private static final String JSON = "Content-Type: application/json\n";

	private static final String VERDICT = "{\"run\":{\"stdout\":\"42\\n\"}}";

	private final RawServer server = new RawServer();

	@Override
	protected void close() {
		this.server.close();
	}

	@Override
	protected Executor completing() {
		this.server.answers(200, JSON, VERDICT);
		return pool("identifier", "fresh");
	}

	@Override
	protected Executor failing() {
		this.server.answers(502, "", "");
		return pool("identifier", "fresh");
	}

	@Override
	protected Executor endless() {
		this.server.answers("HTTP/1.1 200 OK\n" + JSON + "Content-Length: 100\n\n{", Then.HANG);
		return pool("response-timeout", "60s", "identifier", "fresh");
	}

	@Override
	protected Execution execution() {
		return execution("python", "print(42)");
	}

	@Override
	protected int held() {
		return this.server.count("/execute?api-version=2024-02-02-preview&identifier=")
				- this.server.count("/.management/stopSession");
	}

	/** As where the breaker does not let it through. */
	@Test
	void whatIsNotSentHasGoneNowhere() {
		try (Pools pools = TestPools.at(this.server.address(), "identifier", "fresh")) {
			SessionPool one = (SessionPool) pools.all().getFirst();
			Execution execution = execution();
			Ticket ticket = Objects.requireNonNull(one.take(execution));
			Mono<Answer> sending = one.send(execution, ticket.lease(), false);
			assertThat(execution.timeline().pool()).isNull();
			assertThat(execution.timeline().nanos(Leg.TOKEN)).isEqualTo(-1);
			this.server.answers(200, JSON, VERDICT);
			StepVerifier.create(sending).assertNext(Answer::discard).expectComplete().verify(WITHIN);
			assertThat(execution.timeline().pool()).isEqualTo("test");
		}
	}

	@Test
	void theRequestHasTheFormThatIsConfigured() throws Exception {
		try (MockWebServer azure = new MockWebServer()) {
			azure.start();
			azure.setDispatcher(new Dispatcher() {

				@Override
				public MockResponse dispatch(RecordedRequest request) {
					return new MockResponse.Builder().addHeader("Content-Type", "application/json")
						.body(VERDICT)
						.build();
				}

			});
			URI endpoint = azure.url("/").uri();
			assertThat(body(TestPools.at(endpoint, "identifier", "none"))).isEqualTo(VERDICT);
			RecordedRequest usual = azure.takeRequest();
			assertThat(usual.getMethod()).isEqualTo("POST");
			assertThat(usual.getTarget()).isEqualTo("/python/execute?api-version=2024-02-02-preview");
			assertThat(usual.getHeaders().get("Authorization")).isEqualTo("Bearer test-token");
			assertThat(usual.getHeaders().get("Content-Type")).isEqualTo("application/json");
			assertThat(usual.getBody().utf8()).isEqualTo(StandardCharsets.UTF_8.decode(execution().body()).toString());
			body(TestPools.at(endpoint, "path", "/api/v2/execute", "api-version", "", "identifier", "none"));
			assertThat(azure.takeRequest().getTarget()).isEqualTo("/api/v2/execute");
			body(TestPools.at(endpoint, "api-version", "2025-01-01", "identifier", "fresh"));
			assertThat(azure.takeRequest().getTarget())
				.matches("/python/execute\\?api-version=2025-01-01&identifier=[0-9a-f]{32}");
		}
	}

	@Test
	void theAnswerOfAnotherExecutionIsNobodys() {
		this.server.answers(200, "Sluice-Adapter: 1\nSluice-Execution: 0123456789abcdef0123456789abcdef\n" + JSON,
				VERDICT);
		Pools pool = pool("identifier", "none");
		for (int i = 0; i < 2; i++) {
			StepVerifier.create(pool.execute(execution()))
				.expectErrorSatisfies((error) -> assertThat((ExecutionFailure) error)
					.satisfies((failure) -> assertThat(failure.code()).isEqualTo(FailureCode.POOL_BROKE))
					.satisfies((failure) -> assertThat(failure.executed()).isEqualTo(Executed.UNKNOWN)))
				.verify(WITHIN);
		}
		assertThat(this.server.connections()).isEqualTo(2);
	}

	@RepeatedTest(20)
	void whatComesUnaskedIsNoAnswerToTheNext() {
		String stray = """
				HTTP/1.1 200 OK
				Content-Type: application/json
				Content-Length: 42

				{"run":{"stdout":"a stranger's","code":0}}""".replace("\n", "\r\n");
		Reply verdict = Reply.whole(200, JSON, VERDICT);
		this.server.answersInTurn(new Reply(verdict.bytes() + stray, Then.KEEP), verdict);
		// The next one waits for this very connection, and may get it just before it
		// ends.
		Pools pool = pool("identifier", "none", "max-connections", "1", "limit.max", "2");
		assertThat(body(pool)).isEqualTo(VERDICT);
		String next = pool.execute(execution())
			.flatMap((answer) -> DataBufferUtils.join(answer.body()))
			.map((buffer) -> {
				String text = buffer.toString(StandardCharsets.UTF_8);
				DataBufferUtils.release(buffer);
				return text;
			})
			.onErrorResume(ExecutionFailure.class, (failure) -> Mono.just(failure.code().text()))
			.block(WITHIN);
		assertThat(next).isIn(VERDICT, "pool-broke");
	}

	@Test
	void aFreshIdentifierIsRandomAndItsSessionIsStopped() {
		this.server.answers(200, JSON, VERDICT);
		Pools pool = pool("identifier", "fresh");
		body(pool);
		body(pool);
		await().atMost(5, TimeUnit.SECONDS).until(() -> held() == 0);
		assertThat(this.server.requests()
			.stream()
			.filter((request) -> request.contains("/execute?"))
			.map((request) -> request.replaceAll("(?s).*identifier=([0-9a-f]{32}) .*", "$1"))).hasSize(2)
			.doesNotHaveDuplicates()
			.allSatisfy((identifier) -> assertThat(this.server.requests()).anyMatch((request) -> request.startsWith(
					"POST /.management/stopSession?api-version=2025-02-02-preview&identifier=" + identifier + " ")));
	}

	@Test
	void theSessionOfAFailedExecutionIsStoppedToo() {
		this.server.answers(502, "", "");
		assertFails(pool("identifier", "fresh"), FailureCode.POOL_NOT_READY, Executed.UNKNOWN, "not ready");
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.server.requests().size() == 2);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					400 | {"error":{"message":"Missing required parameter 'identifier'"}} | POOL_IDENTIFIER_REQUIRED | NO     | lease
					400 | {"error":{"code":"SessionRequestNotSupported"}}                | POOL_REQUEST_REFUSED    | NO      | api-version
					401 |                                                                 | POOL_UNAUTHORIZED       | NO      | audience
					403 |                                                                 | POOL_FORBIDDEN          | NO      | Session Executor
					404 | {"message":"Not Found"}                                         | POOL_PATH_NOT_FOUND     | NO      | /python/execute
					404 | no session                                                      | POOL_FULL               | NO      | no session free
					429 | Error happened when allocating pod                              | POOL_FULL               | NO      | is full
					302 |                                                                 | POOL_REQUEST_REFUSED    | NO      | redirect
					409 | odd                                                             | POOL_REQUEST_REFUSED    | NO      | odd
					400 | Missing required parameter 'identifier'.                        | POOL_IDENTIFIER_REQUIRED | NO     | lease
					404 | {"error":{"code":"NotFound","message":"Not Found"}}             | POOL_FULL               | NO      | no session free
					500 |                                                                 | SANDBOX_FAILED          | UNKNOWN | sandbox
					500 | {"message":"It broke"}                                          | SANDBOX_FAILED          | UNKNOWN | sandbox
					500 | {"error":{"code":"InternalServerError","message":"x"}}          | POOL_BROKE              | UNKNOWN | by itself
					500 | no healthy upstream                                             | POOL_BROKE              | UNKNOWN | by itself
					502 | upstream connect error                                          | POOL_NOT_READY          | UNKNOWN | upstream connect error
					503 |                                                                 | POOL_NOT_READY          | UNKNOWN | not ready
					504 | stream timeout                                                  | POOL_TIMEOUT            | UNKNOWN | 240 s
					507 |                                                                 | POOL_BROKE              | UNKNOWN | more than once
					201 | {}                                                              | POOL_ANSWER_INVALID     | UNKNOWN | 201
					""")
	void eachStatusNamesTheLinkThatBroke(int status, String body, FailureCode code, Executed executed, String words) {
		this.server.answers(status, "Location: /elsewhere\n", (body != null) ? body : "");
		assertFails(pool(), code, executed, words);
		assertThat(this.server.requests()).hasSize(1);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			{"message":"python-9 runtime is unknown"}                                     | INVALID_REQUEST
			{"message": "c++-* runtime is unknown"}                                       | INVALID_REQUEST
			{"message":"files[3].content is required as a string"}                        | INVALID_REQUEST
			{"message":"run_timeout cannot exceed the configured limit of 3000"}          | INVALID_REQUEST
			{"message":"If specified, compile_memory_limit must be a number"}             | INVALID_REQUEST
			{"message":"the runtime is unknown to us"}                                    | POOL_REQUEST_REFUSED
			{"message":"something else"}                                                  | POOL_REQUEST_REFUSED
			{"message":"python-9 runtime is unknown","code":"x"}                          | POOL_REQUEST_REFUSED
			{"error":{"message":"python-9 runtime is unknown"}}                           | POOL_REQUEST_REFUSED
			{"message":"Missing required parameter 'identifier', x-y runtime is unknown"} | INVALID_REQUEST
			""", quoteCharacter = '`')
	void aBarePistonsOwnWordsAreTheClients(String body, FailureCode code) {
		this.server.answers(400, JSON, body);
		assertFails(pool("identifier", "none"), code, Executed.NO, "");
	}

	@Test
	void anAdaptersWordsPass() {
		this.server.answers(400, "Sluice-Adapter: 1\n" + JSON, "{\"message\":\"python-9 runtime is unknown\"}");
		assertFails(pool(), FailureCode.INVALID_REQUEST, Executed.NO, "python-9 runtime is unknown");
		this.server.answers(502, "Sluice-Adapter: 1\n" + JSON,
				"{\"message\":\"It broke\",\"code\":\"sandbox-failed\",\"executed\":\"yes\",\"retryable\":false}");
		assertFails(pool(), FailureCode.SANDBOX_FAILED, Executed.YES, "It broke");
		this.server.answers(429, "Sluice-Adapter: 1\nRetry-After: 7\n" + JSON,
				"{\"message\":\"Busy\",\"code\":\"engine-busy\",\"executed\":\"no\",\"retryable\":true}");
		assertThat(assertFails(pool(), FailureCode.SESSION_BUSY, Executed.NO, "Busy").retryAfter())
			.isEqualTo(Duration.ofSeconds(7));
		this.server.answers(404, "Sluice-Adapter: 1\n" + JSON, "{\"message\":\"Not Found\"}");
		assertFails(pool(), FailureCode.POOL_PATH_NOT_FOUND, Executed.NO, "/python/execute");
		this.server.answers(418, "Sluice-Adapter: 1\n", "teapot");
		assertFails(pool(), FailureCode.POOL_ANSWER_INVALID, Executed.UNKNOWN, "418");
	}

	@Test
	void anAnswerThatIsNotJsonIsNoVerdict() {
		this.server.answers(200, "Content-Type: text/html\n", "<html>");
		assertFails(pool(), FailureCode.POOL_ANSWER_INVALID, Executed.UNKNOWN, "not JSON");
	}

	@Test
	void whatBreaksBeforeTheAnswerMayHaveRun() {
		this.server.answers("", Then.RESET);
		assertFails(pool(), FailureCode.POOL_BROKE, Executed.UNKNOWN, "broke");
		this.server.answers("", Then.CLOSE);
		assertFails(pool(), FailureCode.POOL_BROKE, Executed.UNKNOWN, "broke");
		this.server.answers("HTTP/1.1 200 OK\nContent-", Then.CLOSE);
		assertFails(pool(), FailureCode.POOL_BROKE, Executed.UNKNOWN, "broke");
		assertThat(this.server.requests()).hasSize(3);
	}

	@Test
	void aSilentPoolIsATimeout() {
		this.server.answers("", Then.HANG);
		assertFails(pool("response-timeout", "300ms"), FailureCode.POOL_TIMEOUT, Executed.UNKNOWN, "in time");
		this.server.answers("HTTP/1.1 200 OK\n" + JSON + "Content-Length: 100\n\n{\"run\":", Then.HANG);
		assertBreaks(pool("response-timeout", "300ms"), FailureCode.POOL_TIMEOUT, 0);
	}

	@ParameterizedTest
	@CsvSource({ "Content-Length: 100, '{\"run\":{', CLOSE", "Content-Length: 100, '{\"run\":{', RESET",
			"Transfer-Encoding: chunked, '8\r\n{\"run\":{\r\n', CLOSE" })
	void halfAnAnswerNeverReachesTheClient(String header, String half, Then then) {
		this.server.answers("HTTP/1.1 200 OK\n" + JSON + header + "\n\n" + half, then);
		assertBreaks(pool(), FailureCode.POOL_BROKE, 0);
	}

	@Test
	void aLongAnswerIsNotHeldBack() {
		this.server.answers("HTTP/1.1 200 OK\n" + JSON + "Content-Length: 99999\n\n" + "x".repeat(9_000), Then.CLOSE);
		assertBreaks(pool("hold-back", "1KB"), FailureCode.POOL_BROKE, 9_000);
	}

	@Test
	void aPoolThatIsNotThereCanNotHaveRunAnything() {
		this.server.close();
		assertFails(pool(), FailureCode.POOL_UNREACHABLE, Executed.NO, "nothing accepts connections");
		assertFails(TestPools.at(URI.create("http://no-such-host.invalid")), FailureCode.POOL_UNREACHABLE, Executed.NO,
				"does not resolve");
	}

	@Test
	void aNetworkThatIsNotThereCarriedNothing() {
		SocketException nowhere = new SocketException("Network is unreachable: localhost/127.0.0.1:1");
		ExecutionFailure failure = new PoolBreak("test", this.server.address()).explain(nowhere);
		assertThat(failure.code()).isEqualTo(FailureCode.POOL_UNREACHABLE);
		assertThat(failure.executed()).isEqualTo(Executed.NO);
	}

	@Test
	void theRuntimesAreAskedForInTheSession() {
		this.server.answers(200, JSON, "[{\"language\":\"python\",\"version\":\"3.12.1\",\"aliases\":[\"py\"]}]");
		StepVerifier.create(pool().runtimes())
			.assertNext((runtimes) -> assertThat(runtimes).singleElement()
				.matches((runtime) -> runtime.version().equals("3.12.1") && runtime.answersTo("py")))
			.expectComplete()
			.verify(WITHIN);
		assertThat(this.server.requests().getFirst()).startsWith("GET /api/v2/runtimes?");
		this.server.answers(200, JSON, "{}");
		StepVerifier.create(pool().runtimes()).expectError(ExecutionFailure.class).verify(WITHIN);
	}

	@Test
	void aProbesSessionIsStoppedAndNothingSecretIsSeenOfIt() {
		this.server.answersWithRequest(400);
		Pool pool = pool("identifier", "fresh").all().getFirst();
		Sighting seen = Objects
			.requireNonNull(pool.probe(new Probe("POST", "/python/execute", "{}", true, true, false)).block(WITHIN));
		String identifier = this.server.requests().getFirst().replaceAll("(?s).*identifier=([0-9a-f]{32}) .*", "$1");
		assertThat(seen.body()).contains("POST /python/execute")
			.doesNotContain("test-token")
			.doesNotContain(identifier);
		await().atMost(WITHIN)
			.until(() -> this.server
				.count("/.management/stopSession?api-version=2025-02-02-preview&identifier=" + identifier) == 1);
	}

	@Test
	void nothingSecretThatAPoolEchoesGoesOn() {
		this.server.answersWithRequest(400);
		StepVerifier.create(pool("identifier", "fresh", "path", "/echo").execute(execution()))
			.expectErrorSatisfies((error) -> {
				String identifier = this.server.requests()
					.getFirst()
					.replaceAll("(?s).*identifier=([0-9a-f]{32}) .*", "$1");
				assertThat(error).hasMessageContaining("POST /echo")
					.hasMessageNotContaining("test-token")
					.hasMessageNotContaining(identifier);
			})
			.verify(WITHIN);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			''
			{"run":{"stdout":"","status":"XX"}}
			{"error":"no"}
			{"run":
			""")
	void whatABarePistonAnswersMustBeAVerdict(String body) {
		this.server.answers(200, JSON, body);
		assertFails(pool(), FailureCode.POOL_ANSWER_INVALID, Executed.UNKNOWN, "no verdict");
	}

	@Test
	void aPoolOfConnectionsThatIsUsedUpIsToldAsFull() {
		this.server.answers("", Then.HANG);
		Pools pool = pool("max-connections", "1", "limit.max", "2", "acquire-timeout", "200ms", "response-timeout",
				"5s");
		Disposable running = pool.execute(execution()).subscribe((answer) -> {
		}, (error) -> {
		});
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.server.open() == 1);
		StepVerifier.create(pool.execute(execution())).expectErrorSatisfies((error) -> {
			ExecutionFailure failure = (ExecutionFailure) error;
			assertThat(failure.code()).isEqualTo(FailureCode.POOL_FULL);
			assertThat(failure.attempts()).isZero();
			assertThat(failure.retryAfter()).isPositive();
		}).verify(WITHIN);
		running.dispose();
	}

	private ExecutionFailure assertFails(Executor pool, FailureCode code, Executed executed, String words) {
		ExecutionFailure[] seen = new ExecutionFailure[1];
		StepVerifier.create(pool.execute(execution()).flatMapMany(Answer::body)).expectErrorSatisfies((error) -> {
			ExecutionFailure failure = (ExecutionFailure) error;
			seen[0] = failure;
			assertThat(failure.code()).isEqualTo(code);
			assertThat(failure.executed()).isEqualTo(executed);
			assertThat(failure.message()).contains(words).doesNotContain("test-token");
			assertThat(failure.attempts()).isEqualTo(1);
		}).verify(WITHIN);
		return seen[0];
	}

	private void assertBreaks(Executor pool, FailureCode code, int bytes) {
		int[] seen = new int[1];
		Flux<DataBuffer> body = pool.execute(execution()).flatMapMany(Answer::body);
		StepVerifier.create(body.doOnNext((buffer) -> {
			seen[0] += buffer.readableByteCount();
			DataBufferUtils.release(buffer);
		}).then()).expectErrorMatches((error) -> ((ExecutionFailure) error).code() == code).verify(WITHIN);
		assertThat(seen[0]).isEqualTo(bytes);
	}

	private String body(Executor pool) {
		return pool.execute(execution()).flatMap((answer) -> DataBufferUtils.join(answer.body())).map((buffer) -> {
			String text = buffer.toString(StandardCharsets.UTF_8);
			DataBufferUtils.release(buffer);
			return text;
		}).blockOptional(WITHIN).orElse("");
	}

	private Pools pool(String... settings) {
		String[] all = new String[settings.length + 2];
		all[0] = "identifier";
		all[1] = "none";
		System.arraycopy(settings, 0, all, 2, settings.length);
		return TestPools.at(this.server.address(), all);
	}

}
