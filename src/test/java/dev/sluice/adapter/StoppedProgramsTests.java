package dev.sluice.adapter;

import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
 * What becomes of real programs, over real connections, whose callers leave, cancel, or
 * have a deadline.
 */
class StoppedProgramsTests {

	private static final String SLEEPER = "sleep 48.25";

	private static final String SLEEP = Caller.bash("exec " + SLEEPER);

	private static final String MOMENT = Caller.bash("sleep 0.7; date +%s%N");

	private static Engine engine;

	private final LoopbackServer server = Adapters.serve(new EngineWorkshop(engine, Adapters.settings()), "linger=2s");

	private final Caller caller = new Caller(this.server.address());

	private final String id = Ids.next();

	@BeforeAll
	static void start() {
		engine = Engines.start("run.wall-time=60s", "concurrency=2");
	}

	@AfterAll
	static void closeEngine() {
		engine.close();
	}

	@AfterEach
	void nothingIsLeft() {
		await().atMost(5, TimeUnit.SECONDS).until(() -> engine.admitted() == 0 && sleepers() == 0);
		this.caller.close();
		this.server.close();
	}

	@Test
	void callsAtOnceShareOneProgram() throws Exception {
		CompletableFuture<HttpResponse<String>> first = this.caller.execute(MOMENT, "Sluice-Execution", this.id);
		CompletableFuture<HttpResponse<String>> second = this.caller.execute(MOMENT, "Sluice-Execution", this.id);
		String body = Caller.answer(first).body();
		assertThat(body).contains("\"code\":0");
		assertThat(Caller.answer(second).body()).isEqualTo(body);
		assertThat(Caller.answer(this.caller.execute(MOMENT, "Sluice-Execution", this.id)).body()).isEqualTo(body);
		assertThat(Caller.answer(this.caller.execute(MOMENT)).body()).isNotEqualTo(body);
	}

	@Test
	void aProgramWhoseCallerLeavesIsKilledAndNeverRunsAgain() throws Exception {
		try (Socket _ = this.caller.leave(SLEEP, "Sluice-Execution", this.id)) {
			awaitSleeper();
		}
		await().atMost(3, TimeUnit.SECONDS).until(() -> sleepers() == 0 && engine.admitted() == 0);
		HttpResponse<String> again = Caller.answer(this.caller.execute(SLEEP, "Sluice-Execution", this.id));
		assertThat(again.statusCode()).isEqualTo(502);
		assertThat(again.body()).contains("its caller left", "\"executed\":\"unknown\"", "\"retryable\":false");
	}

	@Test
	void aProgramWithoutAnIdIsKilledToo() throws Exception {
		try (Socket _ = this.caller.leave(SLEEP)) {
			awaitSleeper();
		}
		await().atMost(3, TimeUnit.SECONDS).until(() -> sleepers() == 0 && engine.admitted() == 0);
	}

	@Test
	void aRepeatableProgramOutlivesItsConnection() throws Exception {
		String[] headers = { "Sluice-Execution", this.id, "Sluice-Repeatable", "true" };
		try (Socket _ = this.caller.leave(MOMENT, headers)) {
			await().atMost(5, TimeUnit.SECONDS).until(() -> engine.running() == 1);
		}
		HttpResponse<String> back = Caller.answer(this.caller.execute(MOMENT, headers));
		assertThat(back.statusCode()).isEqualTo(200);
		assertThat(back.body()).contains("\"code\":0");
		assertThat(engine.admitted()).isZero();
		assertThat(Caller.answer(this.caller.execute(MOMENT, headers)).body()).isEqualTo(back.body());
	}

	@Test
	void aRepeatableProgramThatNobodyComesBackForEnds() throws Exception {
		try (Socket _ = this.caller.leave(SLEEP, "Sluice-Execution", this.id, "Sluice-Repeatable", "true")) {
			awaitSleeper();
		}
		await().during(1, TimeUnit.SECONDS).atMost(2, TimeUnit.SECONDS).until(() -> sleepers() == 1);
		await().atMost(5, TimeUnit.SECONDS).until(() -> sleepers() == 0);
	}

	@Test
	void aCancelIsAnsweredOnceTheProgramIsGone() throws Exception {
		CompletableFuture<HttpResponse<String>> waiting = this.caller.execute(SLEEP, "Sluice-Execution", this.id);
		awaitSleeper();
		HttpResponse<String> cancelled = Caller.answer(this.caller.cancel(this.id));
		assertThat(sleepers()).isZero();
		assertThat(engine.admitted()).isZero();
		assertThat(cancelled.statusCode()).isEqualTo(200);
		assertThat(cancelled.body()).isEqualTo("{\"ended\":true}");
		assertThat(cancelled.headers().firstValue("Sluice-Adapter")).contains("1");
		HttpResponse<String> answer = Caller.answer(waiting);
		assertThat(answer.statusCode()).isEqualTo(502);
		assertThat(answer.body()).contains("The execution was cancelled", "\"executed\":\"unknown\"");
		assertThat(Caller.answer(this.caller.cancel(this.id)).statusCode()).isEqualTo(200);
	}

	@Test
	void aCancelAfterItsCallerLeftIsAnsweredOnceTheProgramIsGone() throws Exception {
		try (Socket _ = this.caller.leave(SLEEP, "Sluice-Execution", this.id)) {
			awaitSleeper();
		}
		assertThat(Caller.answer(this.caller.cancel(this.id)).statusCode()).isEqualTo(200);
		assertThat(sleepers()).isZero();
		assertThat(engine.admitted()).isZero();
	}

	@Test
	void aCancelEndsAProgramThatStillWaitsForItsTurn() throws Exception {
		CompletableFuture<HttpResponse<String>> first = this.caller.execute(SLEEP, "Sluice-Execution", "first");
		CompletableFuture<HttpResponse<String>> second = this.caller.execute(SLEEP, "Sluice-Execution", "second");
		await().atMost(5, TimeUnit.SECONDS).until(() -> sleepers() == 2);
		CompletableFuture<HttpResponse<String>> third = this.caller.execute(SLEEP, "Sluice-Execution", "third");
		await().atMost(5, TimeUnit.SECONDS).until(() -> engine.admitted() == 3);
		assertThat(Caller.answer(this.caller.cancel("third")).statusCode()).isEqualTo(200);
		assertThat(engine.admitted()).isEqualTo(2);
		assertThat(Caller.answer(this.caller.cancel("first")).statusCode()).isEqualTo(200);
		assertThat(Caller.answer(this.caller.cancel("second")).statusCode()).isEqualTo(200);
		assertThat(sleepers()).isZero();
		for (CompletableFuture<HttpResponse<String>> call : List.of(first, second, third)) {
			assertThat(Caller.answer(call).statusCode()).isEqualTo(502);
		}
	}

	@Test
	void whatIsCancelledBeforeItComesDoesNotRun() throws Exception {
		assertThat(Caller.answer(this.caller.cancel(this.id)).body()).isEqualTo("{\"ended\":true}");
		HttpResponse<String> late = Caller.answer(this.caller.execute(SLEEP, "Sluice-Execution", this.id));
		assertThat(late.statusCode()).isEqualTo(502);
		assertThat(late.body()).contains("before it came", "\"executed\":\"no\"");
	}

	@Test
	void aProgramEndsAtItsDeadline() throws Exception {
		CompletableFuture<HttpResponse<String>> call = this.caller.execute(SLEEP, "Sluice-Execution", this.id,
				"Sluice-Time-Left", "1000");
		awaitSleeper();
		HttpResponse<String> answer = Caller.answer(call);
		assertThat(answer.statusCode()).isEqualTo(504);
		assertThat(answer.body()).contains("\"code\":\"deadline-exceeded\"", "\"executed\":\"unknown\"");
		await().atMost(3, TimeUnit.SECONDS).until(() -> sleepers() == 0);
		assertThat(Caller.answer(this.caller.execute(SLEEP, "Sluice-Time-Left", "300")).statusCode()).isEqualTo(504);
	}

	@Test
	void whatIsOverdueDoesNotRun() throws Exception {
		for (String[] headers : new String[][] { { "Sluice-Time-Left", "0" },
				{ "Sluice-Time-Left", "0", "Sluice-Execution", this.id } }) {
			HttpResponse<String> answer = Caller.answer(this.caller.execute(SLEEP, headers));
			assertThat(answer.statusCode()).isEqualTo(504);
			assertThat(answer.body()).contains("\"executed\":\"no\"");
		}
	}

	private static void awaitSleeper() {
		await().atMost(5, TimeUnit.SECONDS).until(() -> sleepers() == 1);
	}

	/** The programs alone, not what launched them. */
	private static long sleepers() {
		return ProcessHandle.allProcesses()
			.filter((process) -> process.info().commandLine().orElse("").endsWith(SLEEPER))
			.count();
	}

}
