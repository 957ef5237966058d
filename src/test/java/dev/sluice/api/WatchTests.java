package dev.sluice.api;

import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.execution.Report;
import dev.sluice.execution.Answer;
import dev.sluice.execution.Client;
import dev.sluice.execution.Credentials;
import dev.sluice.execution.Delivery;
import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Gate;
import dev.sluice.execution.Observer;
import dev.sluice.execution.Outcome;
import dev.sluice.execution.Pass;
import dev.sluice.execution.Quota;
import dev.sluice.execution.Timeline;
import dev.sluice.execution.Timeline.Leg;
import dev.sluice.http.LoopbackServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Each execution is told of once, whatever its end, over real sockets.
 */
class WatchTests {

	private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

	private final HttpClient client = HttpClient.newHttpClient();

	private final AtomicInteger begun = new AtomicInteger();

	private final List<Report> reports = new CopyOnWriteArrayList<>();

	private final List<Execution> executions = new CopyOnWriteArrayList<>();

	private Gate gate = TestApi.OPEN;

	private Executor executor = (execution) -> Mono.just(Answer.streaming(TestApi.buffers("{\"run\"", ":{}}"), () -> {
	}));

	private @Nullable LoopbackServer server;

	private final Observer observer = new Observer() {

		@Override
		public boolean records(String trace) {
			return true;
		}

		@Override
		public void began() {
			WatchTests.this.begun.incrementAndGet();
		}

		@Override
		public void ended(Report report) {
			WatchTests.this.reports.add(report);
		}

	};

	@AfterEach
	void close() {
		assertThat(this.begun).hasValue(this.reports.size());
		LoopbackServer open = this.server;
		if (open != null) {
			open.close();
		}
		this.client.close();
	}

	@Test
	void aVerdictIsTold() throws Exception {
		HttpResponse<String> answer = send(request(TestApi.BODY));
		Report report = ended();
		assertThat(report.outcome()).isEqualTo(Outcome.VERDICT);
		assertThat(report.code()).isNull();
		assertThat(report.id()).isEqualTo(answer.headers().firstValue("X-Execution-Id").orElseThrow());
		assertThat(report.language()).isEqualTo("python");
		assertThat(report.received()).isEqualTo(TestApi.BODY.length());
		assertThat(report.sent()).isEqualTo(answer.body().length());
		assertThat(report.delivery()).isEqualTo(Delivery.VERDICT);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "{ | invalid-request", "{\"language\":\"cobol\"} | invalid-request", "long | body-too-large" })
	void aRefusedBodyIsTold(String body, String code) throws Exception {
		send(request(body.equals("long") ? " ".repeat(2000) : body));
		Report report = ended();
		assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
		assertThat(report.code()).isNotNull().extracting(FailureCode::text).isEqualTo(code);
		assertThat(report.sent()).isZero();
	}

	@Test
	void soIsABodyOfAnotherType() throws Exception {
		HttpResponse<String> refused = send(request(TestApi.BODY).setHeader("Content-Type", "text/plain"));
		assertThat(refused.statusCode()).isEqualTo(415);
		assertThat(ended().code()).isEqualTo(FailureCode.UNSUPPORTED_MEDIA_TYPE);
		assertThat(refused.headers().firstValue("X-Execution-Id")).contains(ended().id());
	}

	@Test
	void soIsWhoIsNotLetIn() throws Exception {
		this.gate = new Gate() {

			@Override
			public Mono<Client> identify(Credentials credentials) {
				return (credentials.key() == null)
						? Mono.error(ExecutionFailure.refused(FailureCode.UNAUTHENTICATED, "Who are you?"))
						: Mono.just(new Client("somebody", Client.ANYONE.priority()));
			}

			@Override
			public Pass admit(Client client) {
				throw ExecutionFailure.passing(FailureCode.QUOTA_EXCEEDED, "Too many");
			}

			@Override
			public @Nullable Quota quota(Client client) {
				return null;
			}

		};
		send(request(TestApi.BODY));
		Report unknown = ended();
		assertThat(unknown.code()).isEqualTo(FailureCode.UNAUTHENTICATED);
		assertThat(unknown.client()).isNull();
		send(request(TestApi.BODY).header("X-API-Key", "key"));
		assertThat(this.reports).hasSize(2);
		assertThat(this.reports.getLast().code()).isEqualTo(FailureCode.QUOTA_EXCEEDED);
		assertThat(this.reports.getLast().client()).isEqualTo("somebody");
		assertThat(connect()).failsWithin(Duration.ofSeconds(10));
		assertThat(this.reports).hasSize(3);
		assertThat(this.reports.getLast().delivery()).isEqualTo(Delivery.DIALOGUE);
		assertThat(this.reports.getLast().outcome()).isEqualTo(Outcome.REFUSED);
	}

	@Test
	void aFailureIsTold() throws Exception {
		this.executor = (execution) -> Mono
			.error(ExecutionFailure.broken(FailureCode.POOL_BROKE, Executed.UNKNOWN, "It broke"));
		assertThat(send(request(TestApi.BODY)).statusCode()).isEqualTo(502);
		assertThat(ended().outcome()).isEqualTo(Outcome.FAILED);
		assertThat(ended().code()).isEqualTo(FailureCode.POOL_BROKE);
	}

	@Test
	void aFailureWithinTheAnswerIsTold() throws Exception {
		this.executor = (
				execution) -> Mono.just(
						Answer.streaming(
								TestApi.buffers("{\"type\":\"stage\"}\n")
									.concatWith(Mono.error(
											ExecutionFailure.broken(FailureCode.POOL_BROKE, Executed.YES, "It broke"))),
								() -> {
								}));
		send(request(TestApi.BODY).header("Accept", "application/x-ndjson"));
		assertThat(ended().outcome()).isEqualTo(Outcome.FAILED);
		assertThat(ended().code()).isEqualTo(FailureCode.POOL_BROKE);
		assertThat(ended().delivery()).isEqualTo(Delivery.EVENTS);
		assertThat(ended().sent()).isEqualTo(17);
	}

	@Test
	void soIsAFailureThatIsTheLastOfTheEvents() throws Exception {
		this.executor = (execution) -> {
			execution.timeline().fail(FailureCode.SANDBOX_FAILED);
			return Mono.just(Answer.streaming(TestApi.buffers("{\"type\":\"error\"}\n"), () -> {
			}));
		};
		send(request(TestApi.BODY).header("Accept", "application/x-ndjson"));
		assertThat(ended().outcome()).isEqualTo(Outcome.FAILED);
		assertThat(ended().code()).isEqualTo(FailureCode.SANDBOX_FAILED);
	}

	@Test
	void aFaultOfOursIsTold() throws Exception {
		this.executor = (execution) -> Mono.error(new IllegalStateException("A fault"));
		assertThat(send(request(TestApi.BODY)).statusCode()).isEqualTo(500);
		assertThat(ended().code()).isEqualTo(FailureCode.INTERNAL);
		assertThat(ended().outcome()).isEqualTo(Outcome.FAILED);
	}

	@Test
	void whoLeavesBeforeTheAnswerIsTold() {
		this.executor = (execution) -> {
			this.executions.add(execution);
			return Mono.never();
		};
		leave();
		assertThat(ended().outcome()).isEqualTo(Outcome.CANCELLED);
	}

	@Test
	void theTimesOfWhoHasLeftDoNotGrow() {
		this.executor = (execution) -> {
			execution.timeline().enter(Leg.POOL);
			this.executions.add(execution);
			return Mono.never();
		};
		leave();
		Timeline timeline = ended().timeline();
		long spent = timeline.nanos(Leg.POOL);
		long total = timeline.totalNanos();
		await().atMost(10, TimeUnit.SECONDS).until(() -> timeline.totalNanos() > total);
		assertThat(timeline.nanos(Leg.POOL)).isEqualTo(spent);
	}

	@Test
	void whoLeavesWithinTheAnswerIsTold() {
		this.executor = (execution) -> {
			this.executions.add(execution);
			return Mono.just(Answer.streaming(TestApi.buffers("{\"run\"").concatWith(Flux.never()), () -> {
			}));
		};
		leave();
		assertThat(ended().outcome()).isEqualTo(Outcome.CANCELLED);
		assertThat(ended().code()).isNull();
	}

	@Test
	void whoLeavesWithinHisRequestIsTold() throws Exception {
		URI address = address();
		try (Socket socket = new Socket(address.getHost(), address.getPort())) {
			socket.getOutputStream()
				.write(("POST /api/v2/execute HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
						+ "Content-Length: 100\r\n\r\n{")
					.getBytes(StandardCharsets.US_ASCII));
			await().atMost(10, TimeUnit.SECONDS).until(() -> this.begun.get() == 1);
		}
		assertThat(ended().outcome()).isEqualTo(Outcome.CANCELLED);
	}

	@Test
	void aTraceGoesOn() throws Exception {
		send(request(TestApi.BODY).header("traceparent", TRACE)
			.header("tracestate", "a=1")
			.header("tracestate", "b=2"));
		Report report = ended();
		assertThat(report.trace().id()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736").isNotEqualTo(report.id());
		assertThat(report.trace().state()).isEqualTo("a=1,b=2");
	}

	@Test
	void aTraceThatNobodyCanTellBeginsAnew() throws Exception {
		send(request(TestApi.BODY).header("traceparent", TRACE).header("traceparent", TRACE));
		assertThat(ended().trace().id()).isEqualTo(ended().id());
		assertThat(ended().trace().isSampled()).isTrue();
	}

	@Test
	void overAWebSocketTheHandshakesTraceCounts() throws Exception {
		this.executor = (execution) -> {
			this.executions.add(execution);
			return Mono.just(Answer.streaming(TestApi.buffers("{\"type\":\"end\"}\n"), () -> {
			}));
		};
		WebSocket socket = connect().get(10, TimeUnit.SECONDS);
		socket.sendText(TestApi.INIT, true).get(10, TimeUnit.SECONDS);
		assertThat(ended().trace().id()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
		assertThat(ended().outcome()).isEqualTo(Outcome.VERDICT);
		assertThat(ended().delivery()).isEqualTo(Delivery.DIALOGUE);
		assertThat(this.executions.getFirst().trace()).isEqualTo(ended().trace());
		socket.abort();
	}

	private void leave() {
		try (HttpClient leaving = HttpClient.newHttpClient()) {
			CompletableFuture<HttpResponse<String>> _ = leaving.sendAsync(request(TestApi.BODY).build(),
					HttpResponse.BodyHandlers.ofString());
			await().atMost(10, TimeUnit.SECONDS).until(() -> !this.executions.isEmpty());
			assertThat(this.reports).isEmpty();
			leaving.shutdownNow();
		}
	}

	private Report ended() {
		await().atMost(10, TimeUnit.SECONDS).until(() -> !this.reports.isEmpty());
		assertThat(this.reports).hasSize(1);
		return this.reports.getFirst();
	}

	private URI address() {
		LoopbackServer open = this.server;
		if (open == null) {
			open = LoopbackServer.start(TestApi.watched(this.gate, this.executor, this.observer).routes());
			this.server = open;
		}
		return open.address();
	}

	private CompletableFuture<WebSocket> connect() {
		return this.client.newWebSocketBuilder()
			.header("traceparent", TRACE)
			.buildAsync(URI.create("ws://127.0.0.1:" + address().getPort() + "/api/v2/connect"),
					new WebSocket.Listener() {
					});
	}

	private HttpRequest.Builder request(String body) {
		return HttpRequest.newBuilder(address().resolve("/api/v2/execute"))
			.timeout(Duration.ofSeconds(10))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body));
	}

	private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
		return this.client.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

}
