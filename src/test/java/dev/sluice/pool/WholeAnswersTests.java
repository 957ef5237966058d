package dev.sluice.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.RawServer;
import dev.sluice.RawServer.Then;
import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A part of an answer, and what is no verdict, is never handed out as one.
 */
class WholeAnswersTests {

	private final RawServer one = new RawServer();

	private final List<Pools> open = new ArrayList<>();

	@AfterEach
	void close() {
		this.open.forEach(Pools::close);
		this.one.close();
	}

	@ParameterizedTest
	@EnumSource(value = Then.class, names = { "CLOSE", "RESET" })
	void anAnswerWithoutALengthIsNone(Then then) {
		this.one.answers("HTTP/1.1 200 OK\n" + Calls.ADAPTER + "\n{\"run\":{\"stdout\":\"42", then);
		ExecutionFailure failure = Calls.failure(pool("identifier", "none").execute(execution()));
		assertThat(failure.code().text()).isIn("pool-answer-invalid", "pool-broke");
		assertThat(failure.executed()).isEqualTo(Executed.UNKNOWN);
	}

	/** Each of these bodies keeps the server from naming the execution by itself. */
	@Test
	void anAdapterThatNamesNoExecutionIsTakenAtItsWordUnlessItListsRuntimes() {
		this.one.answers(200, Calls.ADAPTER, "{\"run\":{\"stdout\":\"Sluice-Execution: \"}}");
		assertThat(Calls.run(pool("identifier", "none"), execution())).isEqualTo(Calls.WELL);
		this.one.answers(200, Calls.ADAPTER + "Sluice-Capabilities: eof\n", "[\"Sluice-Execution: \"]");
		assertThat(Calls.run(pool("identifier", "none"), execution())).isEqualTo("pool-broke");
	}

	@Test
	void oneThatComesInChunksHasAnEnd() {
		String chunk = Integer.toHexString(Calls.VERDICT.length()) + "\r\n" + Calls.VERDICT + "\r\n0\r\n\r\n";
		this.one.answers("HTTP/1.1 200 OK\n" + Calls.JSON + "Transfer-Encoding: chunked\n\n" + chunk, Then.KEEP);
		assertThat(Calls.run(pool("identifier", "none"), execution())).isEqualTo(Calls.WELL);
	}

	@ParameterizedTest
	@ValueSource(strings = { "%s", "{\"run\":{\"stdout\":\"%s\",\"status\":\"XX\"}}", "{\"message\":\"%s\"}",
			"{\"run\":{\"stdout\":\"%s\"}", "[\"%s\"]", "{\"run\":{\"stdout\":\"%s\"}}}" })
	void whatNobodyVouchesForIsLookedAtHoweverLongItIs(String answer) {
		this.one.answers(200, Calls.JSON, answer.formatted("x".repeat(600_000)));
		assertThat(Calls.run(pool("identifier", "none"), execution())).isEqualTo("pool-answer-invalid");
	}

	@Test
	void aLongVerdictOfABarePistonPasses() {
		this.one.answers(200, Calls.JSON, "{\"run\":{\"stdout\":\"" + "\\u0034x\\n".repeat(100_000)
				+ "\",\"code\":0,\"cpu_time\":1.5e3,\"status\":null},\"language\":\"python\"}");
		assertThat(Calls.run(pool("identifier", "none"), execution())).isEqualTo(Calls.WELL);
	}

	private static Execution execution() {
		return Calls.within(Duration.ofSeconds(20));
	}

	private Pools pool(String... settings) {
		Pools pools = TestPools.at(this.one.address(), settings);
		this.open.add(pools);
		return pools;
	}

}
