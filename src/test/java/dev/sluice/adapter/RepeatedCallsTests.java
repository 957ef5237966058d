package dev.sluice.adapter;

import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.sluice.RawServer;
import dev.sluice.RawServer.Then;
import dev.sluice.execution.Ids;
import dev.sluice.http.LoopbackServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How often a Piston is asked, over real connections.
 */
class RepeatedCallsTests {

	private static final String JSON = "Content-Type: application/json\n";

	private static final String BODY = Caller.bash("echo 42");

	private static final String VERDICT = "{\"run\":{\"stdout\":\"4\\u00322\\n\", \"status\":null}}";

	private final RawServer piston = new RawServer().answers(200, JSON, VERDICT);

	private final LoopbackServer server = Adapters
		.serve(new PistonWorkshop(this.piston.address(), Adapters.settings()));

	private final Caller caller = new Caller(this.server.address());

	private final String id = Ids.next();

	@AfterEach
	void close() {
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.piston.open() == 0);
		this.caller.close();
		this.server.close();
		this.piston.close();
	}

	@Test
	void callsAtOnceAskThePistonOnce() throws Exception {
		CompletableFuture<HttpResponse<String>> first = execute();
		CompletableFuture<HttpResponse<String>> second = execute();
		assertThat(Caller.answer(first).body()).isEqualTo(VERDICT);
		assertThat(Caller.answer(second).body()).isEqualTo(VERDICT);
		assertThat(this.piston.requests()).hasSize(1);
	}

	@Test
	void aRepeatIsAnsweredByteForByte() throws Exception {
		HttpResponse<String> first = Caller.answer(execute());
		HttpResponse<String> repeat = Caller.answer(execute());
		assertThat(repeat.statusCode()).isEqualTo(200);
		assertThat(repeat.body()).isEqualTo(first.body()).isEqualTo(VERDICT);
		assertThat(repeat.headers()).isEqualTo(first.headers());
		assertThat(this.piston.requests()).hasSize(1);
	}

	@Test
	void aFailureIsRepeatedAsItWas() throws Exception {
		this.piston.answers(500, "", "");
		HttpResponse<String> first = Caller.answer(execute());
		HttpResponse<String> repeat = Caller.answer(execute());
		assertThat(first.statusCode()).isEqualTo(502);
		assertThat(repeat.statusCode()).isEqualTo(502);
		assertThat(repeat.body()).isEqualTo(first.body()).contains("sandbox-failed");
		assertThat(this.piston.requests()).hasSize(1);
	}

	@Test
	void callsWithoutAnIdAreTheirOwn() throws Exception {
		assertThat(Caller.answer(this.caller.execute(BODY)).body()).isEqualTo(VERDICT);
		assertThat(Caller.answer(this.caller.execute(BODY)).body()).isEqualTo(VERDICT);
		assertThat(this.piston.requests()).hasSize(2);
	}

	@Test
	void anotherBodyWithTheSameIdIsRefused() throws Exception {
		Caller.answer(execute());
		HttpResponse<String> other = Caller
			.answer(this.caller.execute(Caller.bash("echo 43"), "Sluice-Execution", this.id));
		assertThat(other.statusCode()).isEqualTo(400);
		assertThat(other.body())
			.isEqualTo("{\"message\":\"Another request body came with the same execution id before\"}");
		assertThat(this.piston.requests()).hasSize(1);
	}

	@Test
	void largeBodiesAreToldApartToo() throws Exception {
		String large = Caller.bash("x".repeat(400_000));
		assertThat(Caller.answer(this.caller.execute(large, "Sluice-Execution", this.id)).statusCode()).isEqualTo(200);
		assertThat(Caller.answer(this.caller.execute(large, "Sluice-Execution", this.id)).statusCode()).isEqualTo(200);
		String other = Caller.bash("x".repeat(399_999) + "y");
		assertThat(Caller.answer(this.caller.execute(other, "Sluice-Execution", this.id)).statusCode()).isEqualTo(400);
	}

	@ParameterizedTest
	@ValueSource(strings = { "with_line", "with.dot",
			"0123456789012345678901234567890123456789012345678901234567890123-65" })
	void whatIsNoIdIsRefused(String none) throws Exception {
		HttpResponse<String> answer = Caller.answer(this.caller.execute(BODY, "Sluice-Execution", none));
		assertThat(answer.statusCode()).isEqualTo(400);
		assertThat(answer.body()).contains("1 to 64 letters");
		assertThat(Caller.answer(this.caller.cancel(none)).statusCode()).isEqualTo(400);
		assertThat(this.piston.requests()).isEmpty();
	}

	@Test
	void aPistonIsLetGoButItsProgramsEndIsNotKnown() throws Exception {
		this.piston.answers("", Then.HANG);
		CompletableFuture<HttpResponse<String>> waiting = execute();
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.piston.open() == 1);
		HttpResponse<String> cancelled = Caller.answer(this.caller.cancel(this.id));
		assertThat(cancelled.statusCode()).isEqualTo(502);
		assertThat(cancelled.body()).contains("can't be told to stop", "engine-unavailable");
		assertThat(Caller.answer(waiting).body()).contains("The execution was cancelled");
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.piston.open() == 0);
		assertThat(Caller.answer(this.caller.cancel(this.id)).statusCode()).isEqualTo(502);
	}

	@Test
	void aProgramThatAPistonHasAnsweredForHasEnded() throws Exception {
		Caller.answer(execute());
		HttpResponse<String> cancelled = Caller.answer(this.caller.cancel(this.id));
		assertThat(cancelled.statusCode()).isEqualTo(200);
		assertThat(cancelled.body()).isEqualTo("{\"ended\":true}");
		assertThat(Caller.answer(execute()).body()).isEqualTo(VERDICT);
		assertThat(Caller.answer(this.caller.cancel("unheard-of")).statusCode()).isEqualTo(200);
	}

	private CompletableFuture<HttpResponse<String>> execute() {
		return this.caller.execute(BODY, "Sluice-Execution", this.id);
	}

}
