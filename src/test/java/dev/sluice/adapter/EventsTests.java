package dev.sluice.adapter;

import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import dev.sluice.engine.Engine;
import dev.sluice.engine.Engines;
import dev.sluice.execution.Ids;
import dev.sluice.http.LoopbackServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Events of real programs, over real connections.
 */
class EventsTests {

	private static final JsonMapper JSON = new JsonMapper();

	private static final String RUN = "{\"type\":\"stage\",\"stage\":\"run\"}";

	/** Five million letters, in lines. */
	private static final String MUCH = Caller.bash("yes abcdefghi | head -c 5000000");

	private static final String NDJSON = "application/x-ndjson";

	private static Engine engine;

	private LoopbackServer server = Adapters.serve(new EngineWorkshop(engine, Adapters.settings()));

	private Caller caller = new Caller(this.server.address());

	private final String id = Ids.next();

	@BeforeAll
	static void start() {
		engine = Engines.start("run.wall-time=60s", "concurrency=2", "output=8MB");
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
	void eventsComeInOrderAndTheResultIsTheWholeAnswer() throws Exception {
		String body = body("python",
				"import sys, time\\nprint('a', flush=True)\\ntime.sleep(0.2)\\nprint('b', file=sys.stderr)");
		try (Told told = this.caller.events(body, "Sluice-Execution", this.id)) {
			assertThat(told.status()).isEqualTo(200);
			assertThat(told.header("Content-Type")).isEqualTo(NDJSON);
			assertThat(told.header("Sluice-Adapter")).isEqualTo("1");
			assertThat(told.header("Sluice-Execution")).isEqualTo(this.id);
			assertThat(told.header("Sluice-Capabilities")).isEqualTo("stream,interactive,eof,signal,cancel");
			assertThat(told.next()).startsWith("{\"type\":\"runtime\",\"language\":\"python\",\"version\":\"3.");
			assertThat(told.next()).isEqualTo(RUN);
			assertThat(told.next()).isEqualTo("{\"type\":\"data\",\"stream\":\"stdout\",\"data\":\"a\\n\"}");
			assertThat(told.next()).isEqualTo("{\"type\":\"data\",\"stream\":\"stderr\",\"data\":\"b\\n\"}");
			assertThat(told.next()).isEqualTo("{\"type\":\"exit\",\"stage\":\"run\",\"code\":0,\"signal\":null}");
			String result = told.next();
			assertThat(result).startsWith("{\"type\":\"result\",\"run\":{\"signal\":null,\"stdout\":\"a\\n\","
					+ "\"stderr\":\"b\\n\",\"code\":0,\"output\":\"a\\nb\\n\",\"memory\":");
			assertThat(told.next()).isEqualTo(Told.OVER);
			String plain = Caller.answer(this.caller.execute(body, "Sluice-Execution", this.id)).body();
			assertThat(result).isEqualTo("{\"type\":\"result\"," + plain.substring(1));
		}
	}

	@Test
	void whatIsWrittenIsToldAtOnce() throws Exception {
		try (Told told = this.caller.events(Caller.bash("for i in 1 2 3; do date +%s%N; sleep 0.3; done"))) {
			for (int line = 0; line < 3; line++) {
				String data = told.next("data");
				long now = System.currentTimeMillis();
				long written = Long.parseLong(JSON.readTree(data).path("data").asString().strip()) / 1_000_000;
				assertThat(now - written).isLessThan(250);
			}
			assertThat(told.rest()).hasSize(3);
		}
	}

	@Test
	void whatDoesNotCompileHasNoRun() throws Exception {
		try (Told told = this.caller.events(body("c", "int main() { return x; }"))) {
			List<String> lines = told.rest();
			assertThat(lines).noneMatch(RUN::equals).contains("{\"type\":\"stage\",\"stage\":\"compile\"}");
			JsonNode result = JSON.readTree(lines.get(lines.size() - 2));
			assertThat(result.path("run")).isEqualTo(result.path("compile"));
			assertThat(result.path("run").path("stderr").asString()).contains("undeclared");
			assertThat(written(lines)).isEqualTo(result.path("run").path("output").asString());
		}
	}

	@Test
	void whatOverflowsIsToldUpToThere() throws Exception {
		try (Told told = this.caller.events(Caller.bash("yes | head -c 9000000"))) {
			List<String> lines = told.rest();
			JsonNode run = JSON.readTree(lines.get(lines.size() - 2)).path("run");
			assertThat(run.path("status").asString()).isEqualTo("OL");
			assertThat(run.path("stdout").asString()).hasSizeBetween(8_000_000, 8 * 1024 * 1024)
				.isEqualTo(written(lines));
		}
	}

	@Test
	void aSecondReaderSeesAllFromTheBeginning() throws Exception {
		String body = Caller.bash("echo first; sleep 1; echo second");
		try (Told one = this.caller.events(body, "Sluice-Execution", this.id)) {
			one.next("data");
			try (Told other = this.caller.events(body, "Sluice-Execution", this.id)) {
				assertThat(other.next()).startsWith("{\"type\":\"runtime\"");
				assertThat(other.next()).isEqualTo(RUN);
				assertThat(other.next()).contains("first");
				assertThat(engine.running()).isEqualTo(1);
				List<String> rest = one.rest();
				assertThat(other.rest()).isEqualTo(rest);
				assertThat(rest.getFirst()).contains("second");
			}
		}
		assertThat(Caller.answer(this.caller.execute(body, "Sluice-Execution", this.id)).body()).contains("second");
	}

	@Test
	void whoLeavesIsMissedByNobodyWhileAnotherReads() throws Exception {
		String body = Caller.bash("echo first; sleep 1; echo second");
		try (Told other = this.caller.events(body, "Sluice-Execution", this.id)) {
			other.next("data");
			try (Told one = this.caller.events(body, "Sluice-Execution", this.id)) {
				one.next("data");
			}
			assertThat(other.rest()).last().isEqualTo(Told.OVER);
		}
	}

	@Test
	void eventsAreGivenAgain() throws Exception {
		String body = Caller.bash("echo a; echo b >&2; exit 3");
		List<String> first;
		try (Told told = this.caller.events(body, "Sluice-Execution", this.id)) {
			first = told.rest();
		}
		try (Told told = this.caller.events(body, "Sluice-Execution", this.id)) {
			assertThat(told.rest()).isEqualTo(first).last().isEqualTo(Told.OVER);
		}
	}

	@Test
	void aSlowReaderDoesNotChangeTheVerdict() throws Exception {
		try (Socket slow = this.caller.leave(MUCH, "Accept", NDJSON, "Connection", "close")) {
			InputStream in = slow.getInputStream();
			assertThat(in.readNBytes(1024)).hasSize(1024);
			await().atMost(10, TimeUnit.SECONDS).until(() -> engine.admitted() == 0);
			String rest = new String(in.readAllBytes(), StandardCharsets.UTF_8);
			assertThat(rest).hasSizeGreaterThan(15_000_000).contains("\"status\":null");
		}
		await().atMost(5, TimeUnit.SECONDS).until(() -> TranscriptTests.openFiles() == 0);
	}

	@Test
	void whatDoesNotFitIntoMemoryIsReadFromAFile() throws Exception {
		String body = Caller.bash("yes abcdefghi | head -c 1000000");
		serve(Duration.ofSeconds(10), "spool-memory=4KB", "replay-bytes=4MB", "replay-time=2s");
		JsonNode run = JSON.readTree(Caller.answer(this.caller.execute(body, "Sluice-Execution", this.id)).body())
			.path("run");
		String all = "abcdefghi\n".repeat(100_000);
		assertThat(run.path("stdout").asString()).isEqualTo(all);
		assertThat(run.path("output").asString()).isEqualTo(all);
		assertThat(run.path("status").isNull()).isTrue();
		assertThat(TranscriptTests.openFiles()).isEqualTo(1);
		try (Told told = this.caller.events(body, "Sluice-Execution", this.id)) {
			assertThat(written(told.rest())).isEqualTo(all);
		}
		for (int others = 0; others < 3; others++) {
			Caller.answer(this.caller.execute(body, "Sluice-Execution", Ids.next()));
			assertThat(TranscriptTests.openFiles()).isLessThanOrEqualTo(4);
		}
		await().atMost(10, TimeUnit.SECONDS).until(() -> TranscriptTests.openFiles() == 0);
	}

	@Test
	void whatIsTooLargeToBeKeptIsStillAnswered() throws Exception {
		serve(Duration.ofSeconds(10), "spool-memory=4KB", "replay-bytes=0B");
		assertThat(Caller.answer(this.caller.execute(MUCH, "Sluice-Execution", this.id)).body())
			.hasSizeGreaterThan(10_000_000);
		await().atMost(5, TimeUnit.SECONDS).until(() -> TranscriptTests.openFiles() == 0);
	}

	@Test
	void silenceIsFilledWithHeartbeats() throws Exception {
		serve(Duration.ofMillis(300));
		try (Told told = this.caller.events(Caller.bash("sleep 1.2; echo a"))) {
			List<String> lines = told.rest();
			assertThat(lines).filteredOn("{\"type\":\"heartbeat\"}"::equals).hasSizeBetween(2, 5);
			assertThat(lines).last().isEqualTo(Told.OVER);
			assertThat(written(lines)).isEqualTo("a\n");
		}
	}

	@Test
	void theHeadLeavesWithTheFirstHeartbeat() throws Exception {
		serve(Duration.ofMillis(300));
		List<CompletableFuture<HttpResponse<String>>> busy = List.of(this.caller.execute(Caller.bash("sleep 1.5")),
				this.caller.execute(Caller.bash("sleep 1.5")));
		await().atMost(5, TimeUnit.SECONDS).until(() -> engine.running() == 2);
		try (Told told = this.caller.events(Caller.bash("echo a"))) {
			assertThat(engine.running()).isEqualTo(2);
			assertThat(told.next()).isEqualTo("{\"type\":\"heartbeat\"}");
			assertThat(told.rest()).last().isEqualTo(Told.OVER);
		}
		for (CompletableFuture<HttpResponse<String>> call : busy) {
			assertThat(Caller.answer(call).statusCode()).isEqualTo(200);
		}
	}

	@Test
	void aFailureBeforeTheFirstEventIsAPlainOne() throws Exception {
		try (Told told = this.caller.events("{\"language\":\"bash\"}")) {
			assertThat(told.status()).isEqualTo(400);
			assertThat(told.header("Content-Type")).startsWith("application/json");
			assertThat(told.next()).isEqualTo("{\"message\":\"version is required as a string\"}");
		}
		try (Told told = this.caller.events(Caller.bash("echo"), "Sluice-Time-Left", "0")) {
			assertThat(told.status()).isEqualTo(504);
		}
	}

	@Test
	void aFailureAfterItIsTheLastLine() throws Exception {
		String body = Caller.bash("echo a; sleep 30");
		try (Told told = this.caller.events(body, "Sluice-Execution", this.id, "Sluice-Time-Left", "1000")) {
			assertThat(told.next("data")).contains("a\\n");
			assertThat(told.next()).startsWith("{\"type\":\"error\",\"message\":\"The execution did not end")
				.contains(
						"\"code\":\"deadline-exceeded\",\"executed\":\"unknown\",\"retryable\":false,\"attempts\":0}");
			assertThat(told.next()).isEqualTo(Told.OVER);
		}
		try (Told told = this.caller.events(body, "Sluice-Execution", this.id)) {
			assertThat(told.status()).isEqualTo(504);
		}
	}

	@Test
	void whoHasLessTimeLeavesTheRunToOthers() throws Exception {
		String body = Caller.bash("echo a; sleep 1.5; echo b");
		try (Told one = this.caller.events(body, "Sluice-Execution", this.id)) {
			one.next("data");
			try (Told other = this.caller.events(body, "Sluice-Execution", this.id, "Sluice-Time-Left", "500")) {
				List<String> lines = other.rest();
				assertThat(lines).last().isEqualTo(Told.OVER);
				assertThat(lines.get(lines.size() - 2)).contains("\"type\":\"error\"", "deadline-exceeded");
				assertThat(written(lines)).isEqualTo("a\n");
			}
			assertThat(written(one.rest())).isEqualTo("b\n");
		}
	}

	@Test
	void aReaderWhoLeavesEndsTheProgram() throws Exception {
		for (String[] headers : new String[][] { {}, { "Sluice-Execution", this.id } }) {
			try (Told told = this.caller.events(Caller.bash("echo a; sleep 30"), headers)) {
				told.next("data");
				assertThat(engine.admitted()).isEqualTo(1);
			}
			await().atMost(1, TimeUnit.SECONDS).until(() -> engine.admitted() == 0);
		}
	}

	@Test
	void aReaderWhoLeavesInTheMiddleOfMuchLeavesNothing() throws Exception {
		for (int round = 0; round < 5; round++) {
			try (Socket slow = this.caller.leave(MUCH, "Accept", NDJSON)) {
				assertThat(slow.getInputStream().readNBytes(1024)).hasSize(1024);
			}
		}
		await().atMost(5, TimeUnit.SECONDS).until(() -> engine.admitted() == 0 && TranscriptTests.openFiles() == 0);
	}

	@Test
	void theRuntimesTellWhatCanBeDone() throws Exception {
		assertThat(Caller.answer(this.caller.runtimes()).headers().firstValue("Sluice-Capabilities"))
			.contains("stream,interactive,eof,signal,cancel");
	}

	private void serve(Duration heartbeat, String... settings) {
		this.caller.close();
		this.server.close();
		this.server = Adapters.serve(new EngineWorkshop(engine, Adapters.settings(settings)), heartbeat, settings);
		this.caller = new Caller(this.server.address());
	}

	private static String body(String language, String code) {
		return "{\"language\":\"" + language + "\",\"version\":\"*\",\"files\":[{\"content\":\"" + code + "\"}]}";
	}

	private static String written(List<String> lines) {
		return lines.stream()
			.filter((line) -> line.startsWith("{\"type\":\"data\""))
			.map((line) -> JSON.readTree(line).path("data").asString())
			.collect(Collectors.joining());
	}

}
