package dev.sluice.adapter;

import java.util.concurrent.TimeUnit;

import dev.sluice.engine.Engine;
import dev.sluice.engine.Engines;
import dev.sluice.execution.Ids;
import dev.sluice.http.LoopbackServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Conversations with real programs of the engine, over real connections.
 */
class InteractiveTests {

	private static final String EOF = "{\"type\":\"eof\"}";

	private static Engine engine;

	private final LoopbackServer server = Adapters.serve(new EngineWorkshop(engine, Adapters.settings("input=1KB")));

	private final Caller caller = new Caller(this.server.address());

	private final String id = Ids.next();

	@BeforeAll
	static void start() {
		engine = Engines.start("run.wall-time=60s");
	}

	@AfterAll
	static void closeEngine() {
		engine.close();
	}

	@AfterEach
	void nothingIsLeft() {
		await().atMost(5, TimeUnit.SECONDS).until(() -> engine.admitted() == 0);
		this.caller.close();
		this.server.close();
	}

	@Test
	void inputIsAskedForAndGivenTwice() throws Exception {
		try (Told told = converse("read x; echo got $x; read y; echo and $y; exit 4")) {
			assertThat(told.next()).startsWith("{\"type\":\"runtime\",\"language\":\"bash\"");
			assertThat(told.next()).isEqualTo("{\"type\":\"stage\",\"stage\":\"run\"}");
			assertNext(1, 0, Caller.data("one\\n"));
			assertThat(told.next()).isEqualTo("{\"type\":\"data\",\"stream\":\"stdout\",\"data\":\"got one\\n\"}");
			assertNext(2, 1, Caller.data("two\\n"));
			assertThat(told.next()).isEqualTo("{\"type\":\"data\",\"stream\":\"stdout\",\"data\":\"and two\\n\"}");
			assertThat(told.next()).isEqualTo("{\"type\":\"exit\",\"stage\":\"run\",\"code\":4,\"signal\":null}");
			assertThat(told.next()).isEqualTo("{\"type\":\"end\"}");
			assertThat(told.next()).isEqualTo(Told.OVER);
		}
		assertThat(this.caller.input(this.id, 2, Caller.data("x")).statusCode()).isEqualTo(404);
	}

	@Test
	void theEndOfInputEndsWhatReadsIt() throws Exception {
		try (Told told = converse("cat")) {
			assertNext(2, 0, Caller.data("é\\n"), EOF);
			assertThat(told.next("data")).contains("\"é\\n\"");
			assertThat(told.next("exit")).contains("\"code\":0");
			assertThat(told.rest()).containsExactly("{\"type\":\"end\"}", Told.OVER);
		}
	}

	@Test
	void aSignalIsCaught() throws Exception {
		try (Told told = converse("trap 'echo caught; exit 7' INT; echo ready; while true; do sleep 0.1; done")) {
			told.next("data");
			assertNext(1, 0, "{\"type\":\"signal\",\"signal\":\"SIGINT\"}");
			assertThat(told.next("data")).contains("caught");
			assertThat(told.next("exit")).contains("\"code\":7");
		}
	}

	@Test
	void aSignalThatThereIsNotIsNamed() throws Exception {
		try (Told _ = converse("sleep 30")) {
			var answer = this.caller.input(this.id, 0, Caller.data("a"), "{\"type\":\"signal\",\"signal\":\"SIGFOO\"}");
			assertThat(answer.statusCode()).isEqualTo(400);
			assertThat(answer.body()).isEqualTo("{\"message\":\"There is no signal SIGFOO\"}");
			assertNext(0, 0);
		}
	}

	@Test
	void whatComesAgainIsNotReadTwice() throws Exception {
		try (Told told = converse("cat")) {
			assertNext(1, 0, Caller.data("a"));
			assertNext(2, 0, Caller.data("a"), Caller.data("b"));
			assertNext(2, 0, Caller.data("a"), Caller.data("b"));
			assertThat(this.caller.input(this.id, 3, EOF).statusCode()).isEqualTo(400);
			assertNext(3, 2, EOF);
			String all = told.next("data");
			assertThat(String.join("", told.rest()) + all).doesNotContain("aa", "bb", "error");
		}
	}

	@Test
	void whatIsNotReadWaitsForRoom() throws Exception {
		try (Told told = converse("sleep 2; head -c 400000 | wc -c")) {
			String large = Caller.data("x".repeat(100_000));
			var answer = this.caller.input(this.id, 0, large, large, large, large, EOF);
			assertThat(answer.statusCode()).isEqualTo(200);
			int next = answer.body().charAt(8) - '0';
			assertThat(next).isBetween(1, 3);
			await().atMost(10, TimeUnit.SECONDS)
				.until(() -> this.caller.input(this.id, 0, large, large, large, large, EOF)
					.body()
					.equals("{\"next\":5}"));
			assertThat(told.next("data")).contains("400000");
		}
	}

	@Test
	void whatComesBeforeItRunsIsKept() throws Exception {
		var early = this.caller.feed(this.id, 0, Caller.data("early\\n"), EOF);
		try (Told told = converse("cat")) {
			assertThat(Caller.answer(early).body()).isEqualTo("{\"next\":2}");
			assertThat(told.next("data")).contains("early");
			assertThat(told.rest()).last().isEqualTo(Told.OVER);
		}
	}

	@Test
	void whoLeavesEndsTheProgram() throws Exception {
		try (Told told = converse("echo a; cat")) {
			told.next("data");
		}
		await().atMost(1, TimeUnit.SECONDS).until(() -> engine.admitted() == 0);
	}

	private Told converse(String code) throws Exception {
		return this.caller.events(Caller.bash(code), "Sluice-Execution", this.id, "Sluice-Interactive", "true",
				"Sluice-Repeatable", "true");
	}

	private void assertNext(int next, long from, String... items) throws Exception {
		assertThat(this.caller.input(this.id, from, items).body()).isEqualTo("{\"next\":" + next + "}");
	}

}
