package dev.sluice.pool;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.sluice.RawServer;
import dev.sluice.RawServer.Then;
import dev.sluice.execution.Deadline;
import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Terms;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What executions wait for, before it is known what the pools have.
 */
class ColdStartTests {

	private final RawServer one = new RawServer().answersForRuntimes(Calls.RUNTIMES)
		.answers(200, Calls.JSON, Calls.VERDICT);

	private final RawServer two = new RawServer();

	private final List<Pools> open = new ArrayList<>();

	@AfterEach
	void close() {
		this.open.forEach(Pools::close);
		this.one.close();
		this.two.close();
	}

	@Test
	void theHighestVersionIsThatOfAllPoolsAlsoWhereOneIsLate() {
		int port = this.two.address().getPort();
		this.two.close();
		Pools pools = pools(this.two.address());
		List<String> outcome = new ArrayList<>();
		Calls.outcome(pools.execute(Calls.within(Duration.ofSeconds(25)))).subscribe(outcome::add);
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.one.count("/runtimes") == 1);
		try (RawServer late = new RawServer(port)) {
			late.answersForRuntimes(Calls.RUNTIMES.replace("3.12.1", "3.13.0")).answers(200, Calls.JSON, Calls.VERDICT);
			await().atMost(20, TimeUnit.SECONDS).until(() -> !outcome.isEmpty());
			assertThat(outcome).containsExactly(Calls.WELL);
			assertThat(late.count("/execute")).isEqualTo(1);
			assertThat(this.one.count("/execute")).isZero();
		}
	}

	@Test
	void aVersionThatIsNamedExactlyWaitsForNoOtherPool() {
		this.two.answers("", Then.HANG);
		Pools pools = pools(this.two.address());
		pools.start();
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.one.count("/runtimes") == 1);
		await().atMost(5, TimeUnit.SECONDS).until(() -> Calls.report(pools, 0).running() == 0);
		Deadline deadline = Deadline.in(Duration.ofSeconds(10));
		assertThat(Calls.run(pools, Calls.execution("3.12.1", new Terms(deadline, false, null, null))))
			.isEqualTo(Calls.WELL);
	}

	@Test
	void theDeadlineEndsThatWaitToo() {
		this.two.answers("", Then.HANG);
		Pools pools = pools(this.two.address());
		Deadline deadline = Deadline.in(Duration.ofMillis(500));
		ExecutionFailure failure = Calls
			.failure(pools.execute(Calls.execution(deadline)).timeout(Duration.ofSeconds(10)));
		assertThat(failure.code()).isEqualTo(FailureCode.DEADLINE_EXCEEDED);
		assertThat(failure.executed()).isEqualTo(Executed.NO);
		assertThat(this.one.count("/execute")).isZero();
	}

	@Test
	void runtimesAreAskedForAgain() {
		Pools pools = TestPools.at(this.one.address(), "identifier", "none", "runtimes-refresh", "200ms");
		this.open.add(pools);
		pools.start();
		await().atMost(5, TimeUnit.SECONDS).until(() -> pools.runtimes().block(Calls.WITHIN).size() == 1);
		this.one.answersForRuntimes("[]");
		await().atMost(5, TimeUnit.SECONDS).until(() -> pools.runtimes().block(Calls.WITHIN).isEmpty());
		this.one.close();
		await().during(Duration.ofMillis(500))
			.atMost(5, TimeUnit.SECONDS)
			.until(() -> pools.runtimes().block(Calls.WITHIN).isEmpty());
	}

	@Test
	void whatWasFoundIsForgottenOnceAPoolHasSomethingElse() {
		this.two.answersForRuntimes(Calls.RUNTIMES.replace("3.12.1", "3.11.0")).answers(200, Calls.JSON, Calls.VERDICT);
		Pools pools = pools(this.two.address(), "sluice.pools[1].runtimes-refresh", "200ms");
		assertThat(Calls.run(pools, Calls.within(Duration.ofSeconds(20)))).isEqualTo(Calls.WELL);
		assertThat(this.one.count("/execute")).isEqualTo(1);
		this.two.answersForRuntimes(Calls.RUNTIMES.replace("3.12.1", "3.13.0"));
		await().atMost(5, TimeUnit.SECONDS)
			.until(() -> pools.runtimes().block(Calls.WITHIN).toString().contains("3.13.0"));
		assertThat(Calls.run(pools, Calls.within(Duration.ofSeconds(20)))).isEqualTo(Calls.WELL);
		assertThat(this.one.count("/execute")).isEqualTo(1);
		assertThat(this.two.count("/execute")).isEqualTo(1);
	}

	@Test
	void aPoolIsUsedForTheLanguagesThatItIsConfiguredFor() {
		this.two.answersForRuntimes(Calls.RUNTIMES).answers(200, Calls.JSON, Calls.VERDICT);
		Pools pools = pools(this.two.address(), "languages", "bash", "sluice.pools[1].languages", "python");
		for (int i = 0; i < 3; i++) {
			assertThat(Calls.run(pools, Calls.within(Duration.ofSeconds(20)))).isEqualTo(Calls.WELL);
		}
		assertThat(this.one.count("/execute")).isZero();
		assertThat(this.two.count("/execute")).isEqualTo(3);
	}

	private Pools pools(URI second, String... settings) {
		List<String> all = new ArrayList<>(List.of("identifier", "none", "sluice.pools[1].name", "two",
				"sluice.pools[1].endpoint", second.toString(), "sluice.pools[1].credential.kind", "static",
				"sluice.pools[1].credential.token", "test-token", "sluice.pools[1].identifier", "none",
				"sluice.pools[1].response-timeout", "60s"));
		all.addAll(List.of(settings));
		Pools pools = TestPools.at(this.one.address(), all.toArray(String[]::new));
		this.open.add(pools);
		return pools;
	}

}
