package dev.sluice.adapter;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.sluice.adapter.WorkshopByHand.Run;
import dev.sluice.execution.Ids;
import dev.sluice.execution.Stage;
import dev.sluice.execution.Stream;
import dev.sluice.http.LoopbackServer;
import dev.sluice.execution.InputItem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How an adapter leads a conversation, whatever runs the program, over real connections.
 */
class ConversationsTests {

	private static final String BODY = Caller.bash("cat");

	private final WorkshopByHand workshop = new WorkshopByHand();

	private final LoopbackServer server = Adapters.serve(this.workshop, Duration.ofMillis(200), "max-input=100KB");

	private final Caller caller = new Caller(this.server.address());

	private final String id = Ids.next();

	@AfterEach
	void close() {
		this.caller.close();
		this.server.close();
	}

	@Test
	void itEndsWithoutAResult() throws Exception {
		try (Told told = converse()) {
			assertThat(told.status()).isEqualTo(200);
			assertThat(told.header("Sluice-Capabilities")).isEqualTo("stream,interactive");
			Run run = this.workshop.last();
			run.transcript.began(Stage.RUN);
			run.transcript.wrote(Stream.STDOUT, "who?");
			assertThat(told.next("data")).contains("who?");
			assertThat(this.caller.input(this.id, 0, Caller.data("me\\n")).body()).isEqualTo("{\"next\":1}");
			assertThat(this.workshop.feed.given).containsExactly(new InputItem.Text("me\n"));
			run.succeeds(Ending.CLOSED);
			assertThat(told.next("end")).isEqualTo("{\"type\":\"end\"}");
			assertThat(told.next()).isEqualTo(Told.OVER);
		}
		assertRefused(this.caller.input(this.id, 1, Caller.data("more")), 404, this.id);
		try (Told again = converse()) {
			assertThat(again.status()).isEqualTo(502);
			assertThat(again.next()).contains("is not kept", "\"executed\":\"yes\"");
		}
		assertThat(this.workshop.runs).hasSize(1);
	}

	@Test
	void inputMayComeBeforeItsExecution() throws Exception {
		CompletableFuture<HttpResponse<String>> early = this.caller.feed(this.id, 0, Caller.data("early"));
		await().during(300, TimeUnit.MILLISECONDS).atMost(1, TimeUnit.SECONDS).until(() -> !early.isDone());
		try (Told _ = converse()) {
			assertThat(Caller.answer(early).body()).isEqualTo("{\"next\":1}");
			assertThat(this.workshop.feed.given).containsExactly(new InputItem.Text("early"));
		}
	}

	@Test
	void inputForWhatNeverComesIsRefused() throws Exception {
		long begun = System.nanoTime();
		assertRefused(this.caller.input(this.id, 0, Caller.data("a")), 404, "No interactive execution");
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(1900));
	}

	@Test
	void inputForWhatIsNotInteractiveIsRefusedAtOnce() throws Exception {
		CompletableFuture<HttpResponse<String>> plain = this.caller.execute(BODY, "Sluice-Execution", this.id);
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.workshop.runs.size() == 1);
		long begun = System.nanoTime();
		assertRefused(this.caller.input(this.id, 0, Caller.data("a")), 404, "No interactive execution");
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(1500));
		this.workshop.last().succeeds("{}");
		assertThat(Caller.answer(plain).body()).isEqualTo("{}");
	}

	@Test
	void whatIsNoInputIsRefused() throws Exception {
		try (Told _ = converse()) {
			assertRefused(this.caller.input(this.id, 1, Caller.data("a")), 400, "Item 0");
			assertRefused(this.caller.input(this.id, 0, "{\"type\":\"resize\"}"), 400, "input[0].type");
			assertRefused(this.caller.input(this.id, 0, Caller.data("a".repeat(110_000))), 413, "102400");
			assertThat(this.caller.input(this.id, 0, "{\"type\":\"eof\"}")).satisfies((answer) -> {
				assertThat(answer.statusCode()).isEqualTo(501);
				assertThat(answer.body()).contains("\"code\":\"unsupported\"", "\"executed\":\"no\"");
				assertThat(answer.headers().firstValue("Sluice-Adapter")).contains("1");
			});
			assertThat(this.workshop.feed.given).isEmpty();
		}
	}

	@Test
	void whoLeavesEndsItAtOnceWhateverMayBeRepeated() throws Exception {
		try (Told _ = converse("Sluice-Repeatable", "true")) {
			assertThat(this.workshop.last().isCancelled()).isFalse();
		}
		await().atMost(1, TimeUnit.SECONDS).until(() -> this.workshop.last().isCancelled());
		assertRefused(this.caller.input(this.id, 0, Caller.data("a")), 404, "No interactive execution");
	}

	@Test
	void whoIsCancelledIsToldSo() throws Exception {
		try (Told told = converse()) {
			CompletableFuture<HttpResponse<String>> cancelled = this.caller.cancel(this.id);
			await().atMost(5, TimeUnit.SECONDS).until(() -> this.workshop.last().isCancelled());
			this.workshop.last().ends();
			assertThat(Caller.answer(cancelled).statusCode()).isEqualTo(200);
			assertThat(told.next("error")).contains("The execution was cancelled");
			assertThat(told.next()).isEqualTo(Told.OVER);
		}
	}

	@Test
	void itNeedsAnId() throws Exception {
		assertRefused(Caller.answer(this.caller.execute(BODY, "Sluice-Interactive", "true")), 400, "Sluice-Execution");
		assertThat(this.workshop.runs).isEmpty();
	}

	@Test
	void theSameIdIsNotInteractiveOnceAndPlainTheNextTime() throws Exception {
		try (Told _ = converse()) {
			assertRefused(Caller.answer(this.caller.execute(BODY, "Sluice-Execution", this.id)), 400,
					"same execution id");
		}
	}

	private Told converse(String... more) throws Exception {
		List<String> headers = new ArrayList<>(List.of("Sluice-Execution", this.id, "Sluice-Interactive", "true"));
		headers.addAll(List.of(more));
		return this.caller.events(BODY, headers.toArray(String[]::new));
	}

	private static void assertRefused(HttpResponse<String> answer, int status, String message) {
		assertThat(answer.statusCode()).isEqualTo(status);
		assertThat(answer.body()).startsWith("{\"message\":\"").contains(message);
	}

}
