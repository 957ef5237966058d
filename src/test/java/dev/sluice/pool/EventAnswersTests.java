package dev.sluice.pool;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import dev.sluice.RawServer;
import dev.sluice.RawServer.Reply;
import dev.sluice.RawServer.Then;
import dev.sluice.execution.Answer;
import dev.sluice.execution.Delivery;
import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Ids;
import dev.sluice.execution.InputChannel;
import dev.sluice.execution.InputItem;
import dev.sluice.execution.Terms;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import org.springframework.core.io.buffer.DataBufferUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Answers that come as a program's events, and what a program is told.
 */
class EventAnswersTests {

	private static final Duration WITHIN = Duration.ofSeconds(20);

	private static final String LINES = """
			Content-Type: application/x-ndjson
			Sluice-Adapter: 1
			Sluice-Capabilities: stream,interactive,eof
			""";

	private static final String STAGE = "{\"type\":\"stage\",\"stage\":\"run\"}\n";

	private static final String RESULT = "{\"type\":\"result\",\"run\":{}}\n";

	private static final String ERROR = "{\"type\":\"error\",\"message\":\"It failed\"}\n";

	private final RawServer server = new RawServer();

	private @Nullable Pools pools;

	@AfterEach
	void close() throws Exception {
		Pools opened = this.pools;
		if (opened != null) {
			await().atMost(10, TimeUnit.SECONDS).until(() -> {
				PoolReport report = opened.all().getFirst().report();
				return report.running() == 0 && report.sessions().leased() == 0 && report.sessions().quarantined() == 0;
			});
			opened.close();
		}
		this.server.close();
	}

	@Test
	void eventsComeAsTheyAreFromASessionThatCanBeFoundAgain() {
		this.server.answers(200, LINES, STAGE + RESULT);
		assertThat(body(Delivery.EVENTS, "identifier", "none")).isEqualTo(STAGE + RESULT);
		assertThat(this.server.requests()).singleElement()
			.asString()
			.contains("identifier=")
			.containsIgnoringCase("accept: application/x-ndjson");
		assertThat(report().sessions().idle()).isEqualTo(1);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "{\"type\":\"error\",\"message\":\"It failed\"} | POOL_ANSWER_INVALID",
			"{\"type\":\"error\",\"message\":\"x\",\"code\":\"sandbox-failed\"} | SANDBOX_FAILED" })
	void eventsThatTellOfAFailureAreNoVerdict(String line, FailureCode code) {
		this.server.answers(200, LINES, STAGE + line + "\n");
		Execution execution = new Execution(Ids.next(), "c", "*", ByteBuffer.wrap(new byte[] { '{', '}' }),
				Terms.within(WITHIN).deliveredAs(Delivery.EVENTS));
		Pools opened = TestPools.at(this.server.address());
		this.pools = opened;
		assertThat(Objects
			.requireNonNull(DataBufferUtils.join(opened.execute(execution).flatMapMany(Answer::body)).block(WITHIN))
			.toString(StandardCharsets.UTF_8)).isEqualTo(STAGE + line + "\n");
		assertThat(execution.timeline().failure()).isEqualTo(code);
		assertThat(execution.timeline().pool()).isEqualTo("test");
		assertThat(execution.timeline().sent()).isOne();
	}

	@Test
	void eventsWithoutTheirLastAreABreak() {
		this.server.answers(200, LINES, STAGE);
		ExecutionFailure failure = failure(Delivery.EVENTS);
		assertThat(failure.code()).isEqualTo(FailureCode.POOL_BROKE);
		assertThat(failure.executed()).isEqualTo(Executed.YES);
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.server.count("stopSession") == 1);
	}

	@ParameterizedTest
	@EnumSource(value = Then.class, names = { "CLOSE", "RESET_LATER", "HANG" })
	void eventsWhoseConnectionBreaksAreABreak(Then then) {
		this.server.answers("HTTP/1.1 200 OK\n" + LINES + "Content-Length: 9999\n\n" + STAGE, then);
		ExecutionFailure failure = failure(Delivery.EVENTS, "response-timeout", "500ms");
		assertThat(failure.code()).isEqualTo((then == Then.HANG) ? FailureCode.POOL_TIMEOUT : FailureCode.POOL_BROKE);
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.server.count("stopSession") == 1);
	}

	@Test
	void anErrorThatTheAdapterTellsIsHandedOnAndItsSessionGivenUp() {
		this.server.answers(200, LINES, STAGE + ERROR);
		assertThat(body(Delivery.EVENTS)).isEqualTo(STAGE + ERROR);
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.server.count("stopSession") == 1);
	}

	@Test
	void aProgramIsToldThingsInItsSession() {
		this.server.answersBy((request) -> running(request, Reply.whole(200, LINES, "{\"next\":2}")));
		Answer answer = answer(Delivery.DIALOGUE);
		InputChannel input = Objects.requireNonNull(answer.input());
		assertThat(input.takes(new InputItem.EndOfFile())).isTrue();
		assertThat(input.takes(new InputItem.Signal("SIGINT"))).isFalse();
		StepVerifier.create(input.send(0, List.of(new InputItem.Text("hi\n"), new InputItem.EndOfFile())))
			.expectNext(2L)
			.expectComplete()
			.verify(WITHIN);
		List<String> requests = this.server.requests();
		assertThat(requests.getFirst()).containsIgnoringCase("sluice-interactive: true");
		String session = requests.getFirst().replaceAll("(?s).*identifier=([0-9a-f]+) .*", "$1");
		String id = requests.getFirst().replaceAll("(?s).*Sluice-Execution: ([0-9a-f]+).*", "$1");
		assertThat(requests.getLast()).startsWith("POST /sluice/executions/" + id + "/input?")
			.contains("identifier=" + session)
			.endsWith("{\"from\":0,\"input\":[{\"type\":\"data\",\"data\":\"hi\\n\"},{\"type\":\"eof\"}]}");
		answer.discard();
	}

	@Test
	void aProgramThatHasEndedTakesNothing() {
		this.server.answersBy((request) -> running(request, Reply.whole(404, LINES, "{\"message\":\"It has ended\"}")));
		Answer answer = answer(Delivery.DIALOGUE);
		StepVerifier.create(Objects.requireNonNull(answer.input()).send(0, List.of(new InputItem.EndOfFile())))
			.expectComplete()
			.verify(WITHIN);
		answer.discard();
	}

	@Test
	void whoTalksToAProgramIsNotSentToAPlainPiston() {
		this.server.answersForRuntimes("[{\"language\":\"c\",\"version\":\"12.2.0\",\"aliases\":[]}]")
			.answers(200, LINES, STAGE + RESULT);
		Answer answer = answer(Delivery.DIALOGUE, "kind", "piston", "priority", "0", "sluice.pools[1].name", "other",
				"sluice.pools[1].endpoint", this.server.address().toString(), "sluice.pools[1].credential.kind",
				"static", "sluice.pools[1].credential.token", "other-token");
		answer.discard();
		assertThat(this.server.requests().stream().filter((request) -> request.startsWith("POST /python/execute")))
			.hasSize(1);
	}

	@Test
	void aPlainPistonHasNoConversations() {
		Pools opened = TestPools.at(this.server.address(), "kind", "piston");
		this.pools = opened;
		Terms terms = Terms.within(Duration.ofSeconds(15)).deliveredAs(Delivery.DIALOGUE);
		StepVerifier
			.create(opened
				.execute(new Execution(Ids.next(), "c", "*", ByteBuffer.wrap(new byte[] { '{', '}' }), terms)))
			.expectErrorMatches((error) -> ((ExecutionFailure) error).code() == FailureCode.UNSUPPORTED)
			.verify(WITHIN);
		assertThat(this.server.requests()).isEmpty();
	}

	@Test
	void whatAPlainPistonAnswersIsToldAsEvents() {
		this.server.answers(200, "Content-Type: application/json\n",
				"{\"run\":{\"stdout\":\"42\\n\",\"stderr\":\"\",\"code\":0,\"signal\":null},\"language\":\"c\",\"version\":\"1.0.0\"}");
		assertThat(body(Delivery.EVENTS, "kind", "piston")).isEqualTo(
				"""
						{"type":"runtime","language":"c","version":"1.0.0"}
						{"type":"stage","stage":"run"}
						{"type":"data","stream":"stdout","data":"42\\n"}
						{"type":"exit","stage":"run","code":0,"signal":null}
						{"type":"result","run":{"stdout":"42\\n","stderr":"","code":0,"signal":null},"language":"c","version":"1.0.0"}
						""");
	}

	@ParameterizedTest
	@EnumSource(value = Delivery.class, names = { "VERDICT", "EVENTS" })
	void aSlowReaderIsNoReasonToGiveAnAnswerUp(Delivery delivery) {
		String verdict = "{\"run\":{\"stdout\":\"" + "x".repeat(20_000_000) + "\"}}";
		this.server.answers(200, (delivery == Delivery.EVENTS) ? LINES : LINES.replace("x-ndjson", "json"),
				(delivery == Delivery.EVENTS) ? "{\"type\":\"result\"," + verdict.substring(1) + "\n" : verdict);
		Answer answer = answer(delivery, "response-timeout", "500ms");
		Flux<Integer> sizes = answer.body().map((buffer) -> {
			int size = buffer.readableByteCount();
			DataBufferUtils.release(buffer);
			return size;
		});
		StepVerifier.create(sizes, 0)
			.thenAwait(Duration.ofMillis(800))
			.thenRequest(1)
			.expectNextCount(1)
			.thenAwait(Duration.ofMillis(700))
			.thenRequest(Long.MAX_VALUE)
			.thenConsumeWhile((size) -> true)
			.expectComplete()
			.verify(WITHIN);
	}

	/** A program that runs until it is cancelled. */
	private static Reply running(String request, Reply toInput) {
		if (request.contains("/input")) {
			return toInput;
		}
		return request.contains("/cancel") ? Reply.whole(200, LINES, "{\"ended\":true}")
				: new Reply("HTTP/1.1 200 OK\n" + LINES + "Content-Length: 9999\n\n" + STAGE, Then.HANG);
	}

	private String body(Delivery delivery, String... settings) {
		return Objects.requireNonNull(DataBufferUtils.join(answer(delivery, settings).body())
			.map((buffer) -> buffer.toString(StandardCharsets.UTF_8))
			.block(WITHIN));
	}

	private ExecutionFailure failure(Delivery delivery, String... settings) {
		return Objects.requireNonNull(answer(delivery, settings).body()
			.doOnNext(DataBufferUtils::release)
			.then(Mono.<ExecutionFailure>empty())
			.onErrorResume(ExecutionFailure.class, Mono::just)
			.block(WITHIN));
	}

	private Answer answer(Delivery delivery, String... settings) {
		Pools opened = TestPools.at(this.server.address(), settings);
		this.pools = opened;
		Terms terms = Terms.within(Duration.ofSeconds(15)).deliveredAs(delivery);
		Execution execution = new Execution(Ids.next(), "c", "*", ByteBuffer.wrap(new byte[] { '{', '}' }), terms);
		return Objects.requireNonNull(opened.execute(execution).block(WITHIN));
	}

	private PoolReport report() {
		return Objects.requireNonNull(this.pools).all().getFirst().report();
	}

}
