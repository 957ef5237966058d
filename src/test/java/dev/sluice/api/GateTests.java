package dev.sluice.api;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.admission.Clients;
import dev.sluice.admission.TestClients;
import dev.sluice.execution.Answer;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Priority;
import dev.sluice.http.LoopbackServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * The API behind a gate that knows one client, over real sockets.
 */
class GateTests {

	private static final String KEY = "key-of-alice";

	private static final String EXECUTE = "/api/v2/execute";

	private final HttpClient client = HttpClient.newHttpClient();

	private final AtomicReference<Execution> executed = new AtomicReference<>();

	private Executor executor = (execution) -> {
		this.executed.set(execution);
		return Mono.just(answer(TestApi.buffers("{}")));
	};

	private Clients clients = TestClients.alice(KEY, null, 1);

	private @Nullable LoopbackServer server;

	@AfterEach
	void close() {
		this.client.shutdownNow();
		if (this.server != null) {
			this.server.close();
		}
	}

	@ParameterizedTest
	@CsvSource({ "POST, /api/v2/execute", "GET, /api/v2/runtimes", "HEAD, /api/v2/runtimes", "GET, /api/v2/packages",
			"POST, /api/v2/packages" })
	void whoShowsNoKeyIsAskedForOneAndWhoShowsAWrongOneIsToldSo(String method, String path) throws Exception {
		HttpResponse<String> nothing = send(path, method);
		assertThat(nothing.statusCode()).isEqualTo(401);
		assertThat(nothing.headers().allValues("WWW-Authenticate")).containsExactly("Bearer realm=\"sluice\"");
		for (String[] shown : List.of(new String[] { "Authorization", "Bearer wrong" },
				new String[] { "X-API-Key", "wrong" }, new String[] { "Authorization", "Basic eDp5" })) {
			HttpResponse<String> wrong = send(path, method, shown);
			assertThat(wrong.statusCode()).isEqualTo(401);
			assertThat(wrong.headers().allValues("WWW-Authenticate"))
				.containsExactly("Bearer realm=\"sluice\", error=\"invalid_token\"");
			assertThat(wrong.body()).doesNotContain("wrong", "eDp5");
		}
		assertThat(this.executed.get()).isNull();
	}

	@Test
	void whoShowsHisKeyIsServed() throws Exception {
		for (String[] shown : List.of(new String[] { "Authorization", "Bearer " + KEY },
				new String[] { "Authorization", "bearer  " + KEY }, new String[] { "X-API-Key", KEY })) {
			assertThat(send(EXECUTE, "POST", shown).statusCode()).isEqualTo(200);
			assertThat(this.executed.getAndSet(null).terms().client()).isEqualTo("alice");
			assertThat(send("/api/v2/runtimes", "GET", shown).statusCode()).isEqualTo(200);
			assertThat(send("/api/v2/packages", "GET", shown).statusCode()).isEqualTo(200);
		}
		assertThat(send("/", "GET").statusCode()).isEqualTo(200);
		assertThat(send("/api/v2/runtimes", "OPTIONS").statusCode()).isEqualTo(200);
	}

	@Test
	void whoMayNotIsRefusedBeforeHisBodyCame() throws Exception {
		try (Socket socket = socket("Content-Length: 500")) {
			assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
				.isEqualTo("HTTP/1.1 401");
		}
		try (Socket first = socket("X-API-Key: " + KEY + "\r\nContent-Length: 500")) {
			await().atMost(5, TimeUnit.SECONDS).until(() -> this.clients.running() == 1);
			try (Socket second = socket("X-API-Key: " + KEY + "\r\nContent-Length: 500")) {
				assertThat(new String(second.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
					.isEqualTo("HTTP/1.1 429");
			}
			assertThat(first.getInputStream().available()).isZero();
		}
	}

	@Test
	void whatIsLeftOfARateIsToldByEachAnswer() throws Exception {
		this.clients = TestClients.alice(KEY, 0.02, null);
		HttpResponse<String> answer = send(EXECUTE, "POST", "X-API-Key", KEY);
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.headers().allValues("RateLimit-Policy")).containsExactly("\"requests\";q=1;w=50");
		assertThat(answer.headers().allValues("RateLimit")).containsExactly("\"requests\";r=0;t=50");
		HttpResponse<String> refused = send(EXECUTE, "POST", "X-API-Key", KEY);
		assertThat(refused.statusCode()).isEqualTo(429);
		assertThat(refused.body()).contains("\"code\":\"quota-exceeded\"", "\"retryable\":true", "'alice'",
				"0.02 a second");
		assertThat(refused.headers().allValues("RateLimit-Policy")).containsExactly("\"requests\";q=1;w=50");
		assertThat(refused.headers().firstValue("RateLimit").orElseThrow()).matches("\"requests\";r=0;t=(4\\d|50)");
		assertThat(refused.headers().firstValueAsLong("Retry-After").orElseThrow()).isBetween(30L, 50L);
		assertThat(send("/api/v2/runtimes", "GET", "X-API-Key", KEY).statusCode()).isEqualTo(200);
	}

	@Test
	void aFailureTellsItTooAndWhoHasNoRateIsToldNothing() throws Exception {
		this.clients = TestClients.alice(KEY, 100.0, null);
		this.executor = (execution) -> Mono.error(ExecutionFailure.passing(FailureCode.OVERLOADED, "Full"));
		HttpResponse<String> failure = send(EXECUTE, "POST", "X-API-Key", KEY);
		assertThat(failure.statusCode()).isEqualTo(503);
		assertThat(failure.headers().firstValue("RateLimit")).contains("\"requests\";r=99;t=1");
		this.server().close();
		this.server = null;
		this.clients = TestClients.alice(KEY, null, 1);
		assertThat(send(EXECUTE, "POST", "X-API-Key", KEY).headers().map()).doesNotContainKeys("ratelimit",
				"ratelimit-policy");
	}

	@ParameterizedTest
	@CsvSource({ ", INTERACTIVE", "interactive, INTERACTIVE", "batch, BATCH", "BATCH, BATCH" })
	void aPriorityMayBeLowered(@Nullable String wish, Priority expected) throws Exception {
		String[] shown = (wish != null) ? new String[] { "X-API-Key", KEY, "X-Priority", wish }
				: new String[] { "X-API-Key", KEY };
		assertThat(send(EXECUTE, "POST", shown).statusCode()).isEqualTo(200);
		assertThat(this.executed.get().terms().priority()).isEqualTo(expected);
	}

	@Test
	void aClientThatLeavesGivesItsPermitBackBeforeItsBodyCame() throws Exception {
		assertGivenBack(socket("X-API-Key: " + KEY + "\r\nContent-Length: 500"));
	}

	@Test
	void aClientThatLeavesGivesItsPermitBackWhileItWaits() throws Exception {
		AtomicInteger waiting = new AtomicInteger();
		this.executor = (execution) -> Mono.<Answer>never().doOnSubscribe((come) -> waiting.incrementAndGet());
		Socket socket = send();
		await().atMost(5, TimeUnit.SECONDS).until(() -> waiting.get() == 1);
		assertGivenBack(socket);
	}

	@Test
	void aClientThatLeavesGivesItsPermitBackAmidstItsAnswer() throws Exception {
		this.executor = (execution) -> Mono.just(answer(Flux.concat(TestApi.buffers("{"), Flux.never())));
		Socket socket = send();
		assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
			.isEqualTo("HTTP/1.1 200");
		assertGivenBack(socket);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{", "" })
	void aPermitComesBackWithEachRefusal(String body) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(server().address().resolve(EXECUTE))
			.header("Content-Type", "application/json")
			.header("X-API-Key", KEY)
			.timeout(Duration.ofSeconds(5))
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build();
		assertThat(this.client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(400);
		assertThat(this.clients.running()).isZero();
	}

	@Test
	void aPermitComesBackWithEachEnd() throws Exception {
		assertThat(send(EXECUTE, "POST", "X-API-Key", KEY).statusCode()).isEqualTo(200);
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.clients.running() == 0);
		this.executor = (execution) -> Mono.error(ExecutionFailure.passing(FailureCode.OVERLOADED, "Full"));
		assertThat(send(EXECUTE, "POST", "X-API-Key", KEY).statusCode()).isEqualTo(503);
		assertThat(this.clients.running()).isZero();
		this.executor = (execution) -> Mono
			.just(answer(Flux.error(ExecutionFailure.passing(FailureCode.POOL_BROKE, "It broke"))));
		assertThat(send(EXECUTE, "POST", "X-API-Key", KEY).statusCode()).isEqualTo(502);
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.clients.running() == 0);
	}

	@Test
	void aWebSocketIsRefusedAtItsHandshake() {
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> connect("wrong", new Closed()).join())
			.withCauseInstanceOf(WebSocketHandshakeException.class)
			.satisfies((failure) -> assertThat(
					((WebSocketHandshakeException) failure.getCause()).getResponse().statusCode())
				.isEqualTo(401));
	}

	@Test
	void aWebSocketTakesItsPartWithItsFirstMessage() throws Exception {
		this.clients = TestClients.alice(KEY, 100.0, 1);
		this.executor = (execution) -> Mono.never();
		Closed second = new Closed();
		WebSocket running = connect(KEY, new Closed()).get(5, TimeUnit.SECONDS);
		WebSocket refused = connect(KEY, second).get(5, TimeUnit.SECONDS);
		assertThat(this.clients.running()).isZero();
		running.sendText(TestApi.INIT, true).get(5, TimeUnit.SECONDS);
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.clients.running() == 1);
		refused.sendText(TestApi.INIT, true).get(5, TimeUnit.SECONDS);
		assertThat(second.message.get(5, TimeUnit.SECONDS)).contains("\"type\":\"error\"", "quota-exceeded");
		running.abort();
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.clients.running() == 0);
	}

	/** A client that waits for one message. */
	private static class Closed implements WebSocket.Listener {

		private final CompletableFuture<String> message = new CompletableFuture<>();

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
			this.message.complete(data.toString());
			return null;
		}

	}

	private void assertGivenBack(Socket socket) throws Exception {
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.clients.running() == 1);
		assertThat(send(EXECUTE, "POST", "X-API-Key", KEY).statusCode()).isEqualTo(429);
		socket.close();
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.clients.running() == 0);
	}

	private CompletableFuture<WebSocket> connect(String key, WebSocket.Listener listener) {
		return this.client.newWebSocketBuilder()
			.header("X-API-Key", key)
			.buildAsync(URI.create("ws://127.0.0.1:" + server().address().getPort() + "/api/v2/connect"), listener);
	}

	private HttpResponse<String> send(String path, String method, String... headers)
			throws IOException, InterruptedException, ExecutionException {
		HttpRequest.Builder request = HttpRequest.newBuilder(server().address().resolve(path))
			.header("Content-Type", "application/json")
			.timeout(Duration.ofSeconds(5))
			.method(method, method.equals("POST") ? HttpRequest.BodyPublishers.ofString(TestApi.BODY)
					: HttpRequest.BodyPublishers.noBody());
		if (headers.length > 0) {
			request.headers(headers);
		}
		return this.client.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	private Socket send() throws IOException {
		Socket socket = socket("X-API-Key: " + KEY + "\r\nContent-Length: " + TestApi.BODY.length());
		socket.getOutputStream().write(TestApi.BODY.getBytes(StandardCharsets.US_ASCII));
		return socket;
	}

	private Socket socket(String headers) throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), server().address().getPort());
		socket.setSoTimeout(5_000);
		socket.getOutputStream()
			.write(("POST /api/v2/execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + headers
					+ "\r\n\r\n")
				.getBytes(StandardCharsets.US_ASCII));
		return socket;
	}

	private LoopbackServer server() {
		LoopbackServer started = this.server;
		if (started == null) {
			started = LoopbackServer
				.start(TestApi.guarded(this.clients, (execution) -> this.executor.execute(execution)).routes());
			this.server = started;
		}
		return started;
	}

	private static Answer answer(Flux<DataBuffer> body) {
		return Answer.streaming(body, () -> {
		});
	}

}
