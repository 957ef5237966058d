package dev.sluice.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.sluice.RawServer;
import dev.sluice.RawServer.Then;
import dev.sluice.execution.Deadline;
import dev.sluice.execution.ExecutionFailure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * When a pool that says nothing is at fault.
 */
class SilenceTests {

	private final RawServer one = new RawServer();

	private final List<Pools> open = new ArrayList<>();

	@AfterEach
	void close() {
		this.open.forEach(Pools::close);
		this.one.close();
	}

	@BeforeEach
	void hang() {
		this.one.answers("", Then.HANG);
	}

	@Test
	void aPoolThatHangsUntilTheDeadlineIsPassedOver() {
		Pools pools = pool("breaker.minimum-calls", "5");
		assertThat(Calls.storm(pools, 20, Deadline.in(Duration.ofMillis(800)))).containsOnlyKeys("deadline-exceeded");
		assertThat(Calls.report(pools, 0).breaker()).isEqualTo("open");
		ExecutionFailure next = Calls.failure(pools.execute(Calls.within(Duration.ofSeconds(20))));
		assertThat(next.message()).contains("passed over", "did not answer within the execution's deadline");
	}

	@Test
	void aPoolThatHangsUntilItsTimeLimitIsPassedOver() {
		Pools pools = pool("breaker.minimum-calls", "5", "time-limit", "500ms");
		assertThat(Calls.storm(pools, 20, Deadline.in(Duration.ofSeconds(25)))).containsOnlyKeys("deadline-exceeded");
		assertThat(Calls.report(pools, 0).breaker()).isEqualTo("open");
	}

	@Test
	void aClientInAHurrySaysNothingOfThePool() {
		Pools pools = pool("breaker.minimum-calls", "5");
		assertThat(Calls.storm(pools, 20, Deadline.hasty(Duration.ofMillis(800))))
			.containsOnlyKeys("deadline-exceeded");
		assertThat(Calls.report(pools, 0).breaker()).isEqualTo("closed");
	}

	@Test
	void whatComesLateSaysNothingOfThePool() {
		Pools pools = pool("breaker.minimum-calls", "1");
		Deadline deadline = Deadline.in(Duration.ofSeconds(2));
		await().pollInterval(Duration.ofMillis(10)).until(() -> !deadline.allows(Duration.ofMillis(900)));
		assertThat(Calls.run(pools, Calls.execution(deadline))).isEqualTo("deadline-exceeded");
		assertThat(Calls.report(pools, 0).breaker()).isEqualTo("closed");
	}

	@Test
	void aPoolThatFailsByItselfIsPassedOver() {
		this.one.answers(500, "x-ms-error-code: InternalServerError\n" + Calls.JSON,
				"{\"error\":{\"code\":\"InternalServerError\",\"message\":\"It broke\"}}");
		Pools pools = pool("breaker.minimum-calls", "5");
		for (int i = 0; i < 5; i++) {
			assertThat(Calls.run(pools, Calls.within(Duration.ofSeconds(20)))).isEqualTo("pool-broke");
		}
		assertThat(Calls.report(pools, 0).breaker()).isEqualTo("open");
	}

	@Test
	void aSandboxThatFailsIsNoReasonToPassAPoolOver() {
		this.one.answers(500, "", "");
		Pools pools = pool("breaker.minimum-calls", "5");
		for (int i = 0; i < 8; i++) {
			assertThat(Calls.run(pools, Calls.within(Duration.ofSeconds(20)))).isEqualTo("sandbox-failed");
		}
		assertThat(Calls.report(pools, 0).breaker()).isEqualTo("closed");
	}

	@Test
	void aPoolIsPassedOverForAGrowingTimeAndClientsAreToldHowLong() {
		this.one.answers(403, "", "");
		Pools pools = pool("breaker.minimum-calls", "1", "breaker.probes", "1", "breaker.open", "1100ms");
		Calls.run(pools, Calls.within(Duration.ofSeconds(20)));
		assertThat(retryAfter(pools)).isEqualTo(Duration.ofSeconds(2));
		await().atMost(10, TimeUnit.SECONDS).until(() -> Calls.report(pools, 0).breaker().equals("half-open"));
		Calls.run(pools, Calls.within(Duration.ofSeconds(20)));
		assertThat(retryAfter(pools)).isEqualTo(Duration.ofSeconds(3));
	}

	private static Duration retryAfter(Pools pools) {
		return Calls.failure(pools.execute(Calls.within(Duration.ofSeconds(20)))).retryAfter();
	}

	private Pools pool(String... settings) {
		List<String> all = new ArrayList<>(List.of("identifier", "none", "response-timeout", "60s"));
		all.addAll(List.of(settings));
		Pools pools = TestPools.at(this.one.address(), all.toArray(String[]::new));
		this.open.add(pools);
		return pools;
	}

}
