package dev.sluice.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.sluice.RawServer;
import dev.sluice.RawServer.Reply;
import dev.sluice.RawServer.Then;
import dev.sluice.execution.Deadline;
import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Terms;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What may have run is asked for again only of the very container that it went to.
 */
class RestartedSessionsTests {

	private final RawServer one = new RawServer();

	private final List<Pools> open = new ArrayList<>();

	@AfterEach
	void close() {
		this.open.forEach(Pools::close);
		this.one.close();
	}

	@Test
	void aRepeatNamesTheContainerThatItWentTo() {
		this.one.answersInTurn(verdict("first"), reset(), verdict("first"));
		Pools pools = pool("identifier", "lease", "sluice.retry.attempts", "2");
		assertThat(Calls.run(pools, repeatable())).isEqualTo(Calls.WELL);
		assertThat(Calls.run(pools, repeatable())).isEqualTo(Calls.WELL);
		List<String> sent = executions();
		assertThat(sent).hasSize(3);
		assertThat(sent.get(1)).doesNotContain("Sluice-Repeat: ");
		assertThat(sent.get(2)).contains("Sluice-Repeat: first");
	}

	@Test
	void aContainerThatStartedAnewDoesNotKnowWhetherItRan() {
		this.one.answersInTurn(verdict("first"), reset(),
				Reply.whole(502, adapter("second"), "{\"message\":\"Started anew\",\"code\":\"engine-unavailable\","
						+ "\"executed\":\"unknown\",\"retryable\":false}"));
		Pools pools = pool("identifier", "lease", "sluice.retry.attempts", "4");
		assertThat(Calls.run(pools, repeatable())).isEqualTo(Calls.WELL);
		ExecutionFailure failure = Calls.failure(pools.execute(repeatable()));
		assertThat(failure.executed()).isEqualTo(Executed.UNKNOWN);
		assertThat(failure.attempts()).isEqualTo(2);
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.one.count("/.management/stopSession") == 1);
	}

	@Test
	void aSessionThatIsNotKnownYetIsMetFirst() {
		this.one.answersBy((request) -> request.startsWith("GET ") ? Reply.whole(200, adapter("first"), Calls.RUNTIMES)
				: executions().size() == 1 ? reset() : verdict("first"));
		Pools pools = pool("identifier", "lease", "sluice.retry.attempts", "2");
		assertThat(pools.runtimes().block(Calls.WITHIN)).hasSize(1);
		pools.all().getFirst().recycle();
		assertThat(Calls.run(pools, repeatable())).isEqualTo(Calls.WELL);
		List<String> sent = executions();
		assertThat(sent).hasSize(2);
		assertThat(sent.get(1)).contains("Sluice-Repeat: first");
		String identifier = sent.getFirst().replaceAll("(?s).*identifier=([0-9a-f]+) .*", "$1");
		assertThat(this.one.requests())
			.anyMatch((request) -> request.startsWith("GET ") && request.contains("identifier=" + identifier));
	}

	@Test
	void whoseContainerIsNotKnownIsNotAskedAgain() {
		this.one.answersBy(
				(request) -> request.startsWith("GET ") ? Reply.whole(200, Calls.ADAPTER, Calls.RUNTIMES) : reset());
		Pools pools = pool("identifier", "lease", "sluice.retry.attempts", "4");
		assertThat(pools.runtimes().block(Calls.WITHIN)).hasSize(1);
		ExecutionFailure failure = Calls.failure(pools.execute(repeatable()));
		assertThat(failure.executed()).isEqualTo(Executed.UNKNOWN);
		assertThat(failure.attempts()).isEqualTo(1);
		assertThat(executions()).hasSize(1);
	}

	@Test
	void aRepeatComesBeforeItsSessionIsStopped() {
		this.one.answersInTurn(verdict("first"), reset());
		Pools pools = pool("identifier", "lease", "sluice.retry.attempts", "3");
		assertThat(Calls.run(pools, repeatable())).isEqualTo(Calls.WELL);
		assertThat(Calls.run(pools, repeatable())).isEqualTo("pool-broke");
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.one.count("/.management/stopSession") == 1);
		assertThat(executions()).hasSize(4);
		assertThat(this.one.requests().getLast()).contains("/.management/stopSession");
	}

	private List<String> executions() {
		return this.one.requests().stream().filter((request) -> request.startsWith("POST /python/execute")).toList();
	}

	private static Execution repeatable() {
		return Calls.execution("*", new Terms(Deadline.in(Duration.ofSeconds(20)), true, null, null));
	}

	private static Reply verdict(String incarnation) {
		return Reply.whole(200, adapter(incarnation), Calls.VERDICT);
	}

	private static Reply reset() {
		return new Reply("", Then.RESET);
	}

	private static String adapter(String incarnation) {
		return Calls.ADAPTER + "Sluice-Incarnation: " + incarnation + "\n";
	}

	private Pools pool(String... settings) {
		Pools pools = TestPools.at(this.one.address(), settings);
		this.open.add(pools);
		return pools;
	}

}
