package dev.sluice.api;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Delivery;
import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import dev.sluice.execution.FailureCode;
import dev.sluice.http.LoopbackServer;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A program's events, in the forms that clients ask for.
 */
class EventsTests {

	private static final String STAGE = "{\"type\":\"stage\",\"stage\":\"run\"}\n";

	private static final String DATA = "{\"type\":\"data\",\"stream\":\"stdout\",\"data\":\"42\\n\"}\n";

	private static final String RESULT = "{\"type\":\"result\",\"run\":{},\"language\":\"c\",\"version\":\"12.2.0\"}\n";

	private final ExecutionFailure broken = ExecutionFailure.broken(FailureCode.POOL_BROKE, Executed.YES, "It broke");

	private static final String ERROR = "{\"type\":\"error\",\"message\":\"It broke\",\"code\":\"pool-broke\","
			+ "\"executed\":\"yes\",\"retryable\":false,\"attempts\":0}\n";

	private final HttpClient client = HttpClient.newHttpClient();

	private final AtomicReference<@Nullable Delivery> asked = new AtomicReference<>();

	private final AtomicBoolean ended = new AtomicBoolean();

	private @Nullable LoopbackServer server;

	@AfterEach
	void close() {
		if (this.server != null) {
			this.server.close();
		}
	}

	@Test
	void linesGoThroughAsTheyAre() throws Exception {
		HttpResponse<String> answer = post("application/x-ndjson", TestApi.buffers(STAGE, DATA + RESULT));
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
		assertThat(answer.headers().firstValue("X-Accel-Buffering")).hasValue("no");
		assertThat(answer.body()).isEqualTo(STAGE + DATA + RESULT);
	}

	@Test
	void serverSentEventsAreNamedByTheirTypes() throws Exception {
		String heartbeat = "{\"type\":\"heartbeat\"}\n";
		HttpResponse<String> answer = post("text/event-stream",
				TestApi.buffers(STAGE.substring(0, 9), STAGE.substring(9) + DATA, heartbeat, RESULT));
		assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/event-stream;charset=UTF-8");
		assertThat(answer.body()).isEqualTo("event: stage\ndata: " + STAGE + "\nevent: data\ndata: " + DATA
				+ "\n: heartbeat\n\nevent: result\ndata: " + RESULT + "\n");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			application/x-ndjson                              | EVENTS
			Application/X-NDJSON                              | EVENTS
			text/event-stream                                 | EVENTS
			text/event-stream, application/json;q=0.5         | EVENTS
			application/json;q=0.5, text/event-stream         | EVENTS
			application/json, text/event-stream               | VERDICT
			application/x-ndjson;q=0                          | VERDICT
			*/*                                               | VERDICT
			application/json, text/plain, */*                 | VERDICT
			text/html,application/xhtml+xml,*/*;q=0.8         | VERDICT
			nonsense                                          | VERDICT
			""")
	void eventsAreForWhoAsksForThemByName(String accept, Delivery delivery) throws Exception {
		post(accept, TestApi.buffers(RESULT));
		assertThat(this.asked).hasValue(delivery);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{\"type\":\"data\",\"stream\":\"std" })
	void whatBreaksBetweenTwoLinesOrWithinOneEndsInAnErrorEvent(String begun) throws Exception {
		Flux<DataBuffer> breaking = TestApi.buffers(STAGE + begun).concatWith(Flux.error(this.broken));
		assertThat(post("application/x-ndjson", breaking).body()).isEqualTo(STAGE + ERROR);
		assertThat(post("text/event-stream", breaking).body())
			.isEqualTo("event: stage\ndata: " + STAGE + "\nevent: error\ndata: " + ERROR + "\n");
	}

	@Test
	void aLineTooLongToBeHeldStreams() throws Exception {
		String part = "x".repeat(100_000);
		String result = "{\"type\":\"result\",\"run\":{\"stdout\":\"" + part + part + part + "\"}}\n";
		Flux<DataBuffer> parts = TestApi.buffers(result.substring(0, 90_000), result.substring(90_000, 180_000),
				result.substring(180_000, 270_000), result.substring(270_000) + STAGE);
		assertThat(post("application/x-ndjson", parts).body()).isEqualTo(result + STAGE);
		assertThat(post("text/event-stream", parts).body())
			.isEqualTo("event: result\ndata: " + result + "\nevent: stage\ndata: " + STAGE + "\n");
	}

	@Test
	void aLineTooLongToBeHeldIsKeptApartFromItsError() throws Exception {
		String begun = "{\"type\":\"result\",\"run\":{\"stdout\":\"" + "x".repeat(200_000);
		Flux<DataBuffer> breaking = TestApi.buffers(begun).concatWith(Flux.error(this.broken));
		assertThat(post("application/x-ndjson", breaking).body()).isEqualTo(begun + "\n" + ERROR);
		assertThat(post("text/event-stream", breaking).body())
			.isEqualTo("event: result\ndata: " + begun + "\n\nevent: error\ndata: " + ERROR + "\n");
	}

	@Test
	void aFailureBeforeTheFirstEventHasAStatusOfItsOwn() throws Exception {
		HttpResponse<String> answer = post("application/x-ndjson", (execution) -> Mono.error(this.broken));
		assertThat(answer.statusCode()).isEqualTo(502);
		assertThat(answer.body()).contains("\"code\":\"pool-broke\"");
	}

	@Test
	void anEventLeavesAtOnceAndWhoLeavesEndsTheOthers() throws Exception {
		Flux<DataBuffer> endless = TestApi.buffers(STAGE).concatWith(Flux.never());
		HttpResponse<InputStream> answer = this.client.send(
				request("application/x-ndjson", (execution) -> Mono.just(answer(endless))),
				HttpResponse.BodyHandlers.ofInputStream());
		try (InputStream lines = answer.body()) {
			assertThat(new String(lines.readNBytes(STAGE.length()), StandardCharsets.UTF_8)).isEqualTo(STAGE);
		}
		await().atMost(5, TimeUnit.SECONDS).untilTrue(this.ended);
	}

	@Test
	void whatAClientThatLeavesWasNotSentIsReleased() throws Exception {
		NettyDataBufferFactory buffers = new NettyDataBufferFactory(UnpooledByteBufAllocator.DEFAULT);
		Queue<NettyDataBuffer> made = new ConcurrentLinkedQueue<>();
		String line = STAGE.strip() + " ".repeat(32_000) + "\n";
		Flux<DataBuffer> endless = Mono.<DataBuffer>fromSupplier(() -> {
			NettyDataBuffer buffer = buffers.allocateBuffer(line.length());
			buffer.write(line.getBytes(StandardCharsets.UTF_8));
			made.add(buffer);
			return buffer;
		}).repeat();
		HttpResponse<InputStream> answer = this.client.send(
				request("application/x-ndjson", (execution) -> Mono.just(answer(endless))),
				HttpResponse.BodyHandlers.ofInputStream());
		try (InputStream lines = answer.body()) {
			assertThat(lines.readNBytes(1000)).hasSize(1000);
		}
		await().atMost(5, TimeUnit.SECONDS).untilTrue(this.ended);
		await().atMost(5, TimeUnit.SECONDS)
			.until(() -> made.stream().allMatch((buffer) -> buffer.getNativeBuffer().refCnt() == 0));
	}

	private HttpResponse<String> post(String accept, Flux<DataBuffer> events) throws Exception {
		return post(accept, (execution) -> {
			this.asked.set(execution.terms().delivery());
			return Mono.just(answer(events));
		});
	}

	private HttpResponse<String> post(String accept, Executor executor) throws IOException, InterruptedException {
		return this.client.send(request(accept, executor), HttpResponse.BodyHandlers.ofString());
	}

	private HttpRequest request(String accept, Executor executor) {
		close();
		LoopbackServer started = TestApi.server(executor);
		this.server = started;
		URI address = started.address().resolve("/api/v2/execute");
		return HttpRequest.newBuilder(address)
			.timeout(Duration.ofSeconds(10))
			.header("Content-Type", "application/json")
			.header("Accept", accept)
			.POST(HttpRequest.BodyPublishers.ofString(TestApi.INIT))
			.build();
	}

	private Answer answer(Flux<DataBuffer> events) {
		return Answer.streaming(events.doFinally((signal) -> this.ended.set(true)), () -> this.ended.set(true));
	}

}
