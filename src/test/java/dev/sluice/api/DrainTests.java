package dev.sluice.api;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Drain;
import dev.sluice.execution.Executor;
import dev.sluice.execution.Pass;
import dev.sluice.execution.Timeline;
import dev.sluice.execution.Timeline.Leg;
import dev.sluice.http.LoopbackServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

/**
 * An API whose process is to end, before executors made for the test.
 */
class DrainTests {

	private static final Duration SOON = Duration.ofSeconds(5);

	private static final String LINE = "{\"type\":\"data\",\"stream\":\"stdout\",\"data\":\"42\\n\"}\n";

	private final HttpClient client = HttpClient.newHttpClient();

	private final Drain drain = new Drain();

	/** The bytes of every answer. */
	private final Sinks.Many<DataBuffer> bytes = Sinks.many().unicast().onBackpressureBuffer();

	private final AtomicBoolean given = new AtomicBoolean();

	private final AtomicBoolean ended = new AtomicBoolean();

	private @Nullable LoopbackServer server;

	@AfterEach
	void close() {
		this.client.shutdownNow();
		if (this.server != null) {
			this.server.close();
		}
	}

	@Test
	void whoComesTooLateIsToldToComeAgain() throws Exception {
		URI api = serve(answering());
		this.drain.begin();
		HttpResponse<String> refused = execute(api, "*/*").get(5, TimeUnit.SECONDS);
		assertThat(refused.statusCode()).isEqualTo(503);
		assertThat(refused.headers().firstValue("Retry-After")).hasValue("5");
		assertThat(refused.headers().firstValue("Connection")).hasValue("close");
		assertThat(refused.body()).contains("\"code\":\"draining\"", "\"executed\":\"no\"", "\"retryable\":true");
		assertThat(this.given).isFalse();
		assertThat(get(api, "/api/v2/runtimes").statusCode()).isEqualTo(200);
		this.drain.quiet().block(SOON);
	}

	@Test
	void whatGoesOnMayFinishAndIsWaitedFor() throws Exception {
		URI api = serve(answering());
		CompletableFuture<HttpResponse<String>> answer = execute(api, "*/*");
		await().atMost(SOON).untilTrue(this.given);
		this.drain.begin();
		CompletableFuture<@Nullable Void> quiet = this.drain.quiet().toFuture();
		say("42");
		assertThat(this.drain.going()).isEqualTo(1);
		assertThat(quiet).isNotDone();
		this.bytes.tryEmitComplete();
		assertThat(answer.get(5, TimeUnit.SECONDS).body()).isEqualTo("42");
		quiet.get(5, TimeUnit.SECONDS);
		assertThat(this.drain.going()).isZero();
	}

	@ParameterizedTest
	@CsvSource({ "ADMISSION, ADMISSION, no, true", "ADMISSION, TOKEN, no, true", "ADMISSION, POOL, unknown, false",
			"POOL, ADMISSION, no, true", "POOL, TOKEN, unknown, false" })
	void whatDoesNotFinishIsCancelledAndToldSo(Leg before, Leg leg, String executed, boolean retryable)
			throws Exception {
		CompletableFuture<HttpResponse<String>> answer = execute(serve((execution) -> {
			execution.timeline().enter(before);
			execution.timeline().enter(leg);
			this.given.set(true);
			return Mono.<Answer>never().doOnCancel(() -> this.ended.set(true));
		}), "*/*");
		await().atMost(SOON).untilTrue(this.given);
		this.drain.begin();
		this.drain.end().block(SOON);
		assertThat(this.ended).isTrue();
		HttpResponse<String> failure = answer.get(5, TimeUnit.SECONDS);
		assertThat(failure.statusCode()).isEqualTo(503);
		assertThat(failure.headers().firstValue("Connection")).hasValue("close");
		assertThat(failure.body()).contains("\"code\":\"draining\"", "\"executed\":\"" + executed + "\"",
				"\"retryable\":" + retryable, "\"trace_id\":\"");
		this.drain.quiet().block(SOON);
	}

	@Test
	void anAnswerOfWhichAPartHasLeftIsBroken() throws Exception {
		URI api = serve(answering());
		CompletableFuture<HttpResponse<InputStream>> head = this.client.sendAsync(request(api, "*/*"),
				HttpResponse.BodyHandlers.ofInputStream());
		say("{\"run\":");
		HttpResponse<InputStream> answer = head.get(5, TimeUnit.SECONDS);
		assertThat(answer.body().readNBytes(7)).hasSize(7);
		this.drain.begin();
		this.drain.end().block(SOON);
		assertThatIOException().isThrownBy(() -> answer.body().readAllBytes());
		assertThat(this.ended).isTrue();
		this.drain.quiet().block(SOON);
	}

	@Test
	void whatIsEndedAsItsReadingBeginsIsToldInOrder() {
		List<String> heard = new ArrayList<>();
		Flux<DataBuffer> late = new Flux<>() {

			@Override
			public void subscribe(CoreSubscriber<? super DataBuffer> actual) {
				DrainTests.this.drain.end().block(SOON);
				Flux.<DataBuffer>never().doOnCancel(() -> heard.add("cancelled")).subscribe(actual);
			}

		};
		Answer answer = Running
			.of(this.drain, () -> Pass.FREE, "id", new Timeline(), Mono.just(Answer.streaming(late, () -> {
			})))
			.blockOptional(SOON)
			.orElseThrow();
		answer.body().subscribe(new CoreSubscriber<>() {

			@Override
			public void onSubscribe(Subscription subscription) {
				heard.add("begun");
			}

			@Override
			public void onNext(DataBuffer buffer) {
				heard.add("bytes");
			}

			@Override
			public void onError(Throwable error) {
				heard.add("failed");
			}

			@Override
			public void onComplete() {
				heard.add("completed");
			}

		});
		assertThat(heard).startsWith("begun").containsExactlyInAnyOrder("begun", "failed", "cancelled");
	}

	@Test
	void eventsEndWithAnError() throws Exception {
		URI api = serve(answering());
		CompletableFuture<HttpResponse<InputStream>> head = this.client.sendAsync(request(api, "application/x-ndjson"),
				HttpResponse.BodyHandlers.ofInputStream());
		say(LINE);
		HttpResponse<InputStream> answer = head.get(5, TimeUnit.SECONDS);
		assertThat(answer.body().readNBytes(LINE.length())).asString().isEqualTo(LINE);
		this.drain.begin();
		this.drain.end().block(SOON);
		assertThat(answer.body().readAllBytes()).asString()
			.startsWith("{\"type\":\"error\"")
			.contains("\"code\":\"draining\"", "\"executed\":\"unknown\"")
			.endsWith("}\n");
		assertThat(this.ended).isTrue();
		this.drain.quiet().block(SOON);
	}

	@Test
	void aClientThatDoesNotReadIsWaitedFor() throws Exception {
		byte[] large = new byte[16 * 1024 * 1024];
		URI api = serve((execution) -> Mono
			.just(Answer.streaming(Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(large)), () -> {
			})));
		HttpResponse<InputStream> answer = this.client.send(request(api, "*/*"),
				HttpResponse.BodyHandlers.ofInputStream());
		this.drain.begin();
		CompletableFuture<@Nullable Void> quiet = this.drain.quiet().toFuture();
		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> quiet.get(200, TimeUnit.MILLISECONDS));
		assertThat(answer.body().readAllBytes()).hasSize(large.length);
		quiet.get(5, TimeUnit.SECONDS);
	}

	@Test
	void anIdleConversationIsClosedAtOnce() throws Exception {
		Heard heard = new Heard();
		connect(serve(answering()), heard);
		await().atMost(SOON).until(() -> this.drain.going() == 1);
		this.drain.begin();
		assertThat(heard.end()).isEqualTo("1012 Service Restart");
		assertThat(heard.messages).isEmpty();
		this.drain.quiet().block(SOON);
	}

	@Test
	void aConversationMayFinish() throws Exception {
		Heard heard = new Heard();
		connect(serve(answering()), heard).sendText(TestApi.INIT, true).get(5, TimeUnit.SECONDS);
		await().atMost(SOON).untilTrue(this.given);
		this.drain.begin();
		say(LINE);
		say("{\"type\":\"end\"}\n");
		this.bytes.tryEmitComplete();
		assertThat(heard.end()).isEqualTo("1012 Service Restart");
		assertThat(heard.messages).containsExactly(LINE.strip());
		this.drain.quiet().block(SOON);
	}

	@Test
	void aConversationThatDoesNotFinishIsToldWhyItEnds() throws Exception {
		Heard heard = new Heard();
		connect(serve(answering()), heard).sendText(TestApi.INIT, true).get(5, TimeUnit.SECONDS);
		await().atMost(SOON).untilTrue(this.given);
		say(LINE);
		await().atMost(SOON).until(() -> heard.messages.size() == 1);
		this.drain.begin();
		this.drain.end().block(SOON);
		assertThat(heard.end()).isEqualTo("1012 Service Restart");
		assertThat(heard.messages).hasSize(2);
		assertThat(heard.messages.getLast()).startsWith("{\"type\":\"error\"").contains("\"code\":\"draining\"");
		assertThat(this.ended).isTrue();
		this.drain.quiet().block(SOON);
	}

	@Test
	void noConversationBeginsThen() throws Exception {
		URI api = serve(answering());
		this.drain.begin();
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> connect(api, new Heard()))
			.havingCause()
			.isInstanceOfSatisfying(WebSocketHandshakeException.class,
					(refused) -> assertThat(refused.getResponse().statusCode()).isEqualTo(503));
	}

	private Executor answering() {
		return (execution) -> Mono.fromSupplier(() -> {
			this.given.set(true);
			return Answer.streaming(this.bytes.asFlux().doFinally((signal) -> this.ended.set(true)),
					() -> this.ended.set(true));
		});
	}

	private URI serve(Executor executor) {
		LoopbackServer started = TestApi.server(executor, this.drain);
		this.server = started;
		return started.address();
	}

	private void say(String text) {
		this.bytes.tryEmitNext(TestApi.buffers(text).blockFirst(SOON)).orThrow();
	}

	private CompletableFuture<HttpResponse<String>> execute(URI api, String accept) {
		return this.client.sendAsync(request(api, accept), HttpResponse.BodyHandlers.ofString());
	}

	@Test
	void whoWaitsIsStoppedBeforeAnotherGivesItsPlaceBack() {
		List<Boolean> stopped = new CopyOnWriteArrayList<>();
		for (int i = 0; i < 20; i++) {
			this.drain.tryEnter(work(stopped, true));
			this.drain.tryEnter(work(stopped, false));
		}
		this.drain.begin();
		this.drain.end().block(SOON);
		assertThat(stopped.subList(0, 20)).containsOnly(true);
		assertThat(stopped.subList(20, stopped.size())).contains(false);
	}

	private static Drain.Work work(List<Boolean> stopped, boolean waits) {
		return new Drain.Work() {

			@Override
			public void drain() {
				// It may finish.
			}

			@Override
			public boolean waits() {
				return waits;
			}

			@Override
			public void stop() {
				stopped.add(waits);
			}

			@Override
			public void tell() {
				// Nobody listens.
			}

		};
	}

	private HttpResponse<String> get(URI api, String path) throws IOException, InterruptedException {
		return this.client.send(HttpRequest.newBuilder(api.resolve(path)).timeout(SOON).build(),
				HttpResponse.BodyHandlers.ofString());
	}

	private WebSocket connect(URI api, Heard heard) throws Exception {
		return this.client.newWebSocketBuilder()
			.buildAsync(URI.create("ws://127.0.0.1:" + api.getPort() + "/api/v2/connect"), heard)
			.get(5, TimeUnit.SECONDS);
	}

	private static HttpRequest request(URI api, String accept) {
		return HttpRequest.newBuilder(api.resolve("/api/v2/execute"))
			.timeout(Duration.ofSeconds(10))
			.header("Content-Type", "application/json")
			.header("Accept", accept)
			.POST(HttpRequest.BodyPublishers.ofString(TestApi.BODY, StandardCharsets.UTF_8))
			.build();
	}

	/** A client that remembers what it heard. */
	private static final class Heard implements WebSocket.Listener {

		private final List<String> messages = new CopyOnWriteArrayList<>();

		private final CompletableFuture<String> closed = new CompletableFuture<>();

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
			this.messages.add(data.toString());
			socket.request(1);
			return null;
		}

		@Override
		public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
			this.closed.complete(code + " " + reason);
			return null;
		}

		@Override
		public void onError(WebSocket socket, Throwable error) {
			this.closed.completeExceptionally(error);
		}

		String end() throws Exception {
			return this.closed.get(5, TimeUnit.SECONDS);
		}

	}

}
