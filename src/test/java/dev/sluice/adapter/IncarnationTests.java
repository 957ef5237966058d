package dev.sluice.adapter;

import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;

import dev.sluice.RawServer;
import dev.sluice.execution.Ids;
import dev.sluice.http.LoopbackServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An adapter that started anew does not run what one before it may have run.
 */
class IncarnationTests {

	private static final String JSON = "Content-Type: application/json\n";

	private static final String BODY = Caller.bash("echo 42");

	private final RawServer piston = new RawServer().answers(200, JSON, "{\"run\":{\"stdout\":\"42\\n\"}}");

	private final LoopbackServer server = Adapters
		.serve(new PistonWorkshop(this.piston.address(), Adapters.settings()));

	private final LoopbackServer anew = Adapters.serve(new PistonWorkshop(this.piston.address(), Adapters.settings()));

	private final Caller caller = new Caller(this.server.address());

	private final String id = Ids.next();

	@AfterEach
	void close() {
		this.caller.close();
		this.server.close();
		this.anew.close();
		this.piston.close();
	}

	@Test
	void eachAnswerSaysWhichLifeGaveIt() throws Exception {
		String first = incarnation(Caller.answer(execute()));
		assertThat(first).hasSize(32).isEqualTo(incarnation(Caller.answer(this.caller.cancel("unheard-of"))));
		try (Caller other = new Caller(this.anew.address())) {
			assertThat(incarnation(Caller.answer(other.execute(BODY)))).hasSize(32).isNotEqualTo(first);
		}
	}

	@Test
	void whatAnEarlierLifeMayHaveRunIsNotRun() throws Exception {
		HttpResponse<String> answer = Caller.answer(execute("Sluice-Repeat", "an-earlier-one"));
		assertThat(answer.statusCode()).isEqualTo(502);
		assertThat(answer.body()).contains("\"executed\":\"unknown\"", "\"retryable\":false", "started anew");
		assertThat(this.piston.requests()).isEmpty();
	}

	@Test
	void whatIsKnownIsAnsweredWhoeverWasAskedFirst() throws Exception {
		String verdict = Caller.answer(execute()).body();
		assertThat(Caller.answer(execute("Sluice-Repeat", "an-earlier-one")).body()).isEqualTo(verdict);
		assertThat(this.piston.requests()).hasSize(1);
	}

	@Test
	void whatNeverCameToThisLifeIsRun() throws Exception {
		String incarnation = incarnation(Caller.answer(this.caller.cancel("unheard-of")));
		assertThat(Caller.answer(execute("Sluice-Repeat", incarnation)).statusCode()).isEqualTo(200);
		assertThat(this.piston.requests()).hasSize(1);
	}

	private CompletableFuture<HttpResponse<String>> execute(String... headers) {
		String[] all = new String[headers.length + 2];
		all[0] = "Sluice-Execution";
		all[1] = this.id;
		System.arraycopy(headers, 0, all, 2, headers.length);
		return this.caller.execute(BODY, all);
	}

	private static String incarnation(HttpResponse<String> answer) {
		return answer.headers().firstValue("Sluice-Incarnation").orElse("");
	}

}
