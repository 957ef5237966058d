package dev.sluice.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import dev.sluice.RawServer;
import dev.sluice.RawServer.Reply;
import dev.sluice.RawServer.Then;
import dev.sluice.execution.Deadline;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutorContract;
import dev.sluice.execution.Terms;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How many executions a pool has at once, over the wire.
 */
class PoolLimitTests {

	private final RawServer one = new RawServer();

	private final RawServer two = new RawServer();

	private final List<AutoCloseable> open = new ArrayList<>();

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable one : this.open) {
			one.close();
		}
		this.one.close();
		this.two.close();
	}

	@Test
	void whatAPoolCanTakeIsFoundByTrying() {
		AtomicInteger running = new AtomicInteger();
		AtomicInteger refused = new AtomicInteger();
		this.one.answersBy((request) -> {
			try {
				if (running.incrementAndGet() > 8) {
					refused.incrementAndGet();
					return Reply.whole(429, "", "");
				}
				LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
				return Reply.whole(200, Calls.JSON, Calls.VERDICT);
			}
			finally {
				running.decrementAndGet();
			}
		});
		Pools pools = keep(TestPools.at(this.one.address(), "identifier", "none", "limit.max", "64"));
		Waits waits = keep(new Waits(pools, Duration.ofSeconds(30)));
		for (int i = 0; i < 500; i++) {
			waits.add(Calls.within(Duration.ofSeconds(40)));
		}
		await().atMost(9, TimeUnit.SECONDS).until(() -> waits.outcomes().size() >= 300);
		int before = refused.get();
		await().atMost(9, TimeUnit.SECONDS).until(() -> waits.outcomes().size() == 500);
		assertThat(waits.outcomes()).containsOnly(Calls.WELL);
		assertThat(Calls.report(pools, 0).limit()).isBetween(3, 20);
		assertThat(refused.get() - before).as("refusals among the last 200").isLessThan(40);
	}

	@Test
	void whoWaitsForAFullPoolHoldsUpNobodyWhoGoesToAnother() {
		this.one.answersForRuntimes(Calls.RUNTIMES).answers("", Then.HANG);
		this.two.answersForRuntimes(Calls.RUNTIMES.replace("python", "bash")).answers(200, Calls.JSON, Calls.VERDICT);
		Pools pools = keep(Calls.both(this.one, this.two, "limit.max", "1", "response-timeout", "60s"));
		assertThat(pools.runtimes().block(Calls.WITHIN)).hasSize(2);
		Waits waits = keep(new Waits(pools, Duration.ofSeconds(30)));
		for (int i = 0; i < 20; i++) {
			waits.add(Calls.within(Duration.ofSeconds(40)));
		}
		await().atMost(5, TimeUnit.SECONDS).until(() -> waits.waiting() == 19);
		for (int i = 1; i <= 5; i++) {
			Execution bash = ExecutorContract.execution("bash", "echo");
			waits.add(bash);
			int expected = i;
			await().atMost(5, TimeUnit.SECONDS).until(() -> waits.outcomes().size() == expected);
		}
		assertThat(waits.outcomes()).containsOnly(Calls.WELL);
		assertThat(Calls.report(pools, 0).running()).isEqualTo(1);
		assertThat(waits.waiting()).isEqualTo(19);
	}

	@ParameterizedTest
	@CsvSource({ "lease, 40", "fresh, 20", "none, 10000", "auto, 10000", "sticky, 80" })
	void aPoolIsBoundedByItsSessionsOrItsConnections(String identifier, int limit) {
		Pools pools = keep(TestPools.at(this.one.address(), "identifier", identifier, "lease.max-sessions", "20",
				"lease.executions-per-session", "2", "sticky-secret",
				identifier.equals("sticky") ? "a secret of some length" : null));
		assertThat(Calls.report(pools, 0).limit()).isEqualTo(limit);
	}

	@Test
	void oneThingIsNotWaitedForUnderManyNames() {
		Pools pools = keep(TestPools.at(this.one.address(), "identifier", "none"));
		Deadline deadline = Deadline.in(Duration.ofMinutes(1));
		Object usual = needs(pools, "*", new Terms(deadline, false, "ann", null));
		assertThat(needs(pools, "3.x", new Terms(deadline, false, "bob", null))).isEqualTo(usual);
		assertThat(needs(pools, "*", new Terms(deadline, true, "ann", null))).isNotEqualTo(usual);
		assertThat(needs(pools, "*", new Terms(deadline, false, "ann", "x"))).isNotEqualTo(usual);
	}

	@Test
	void onlyASessionOfOnesOwnIsRoomForSome() {
		this.one.answers(200, Calls.JSON, Calls.VERDICT);
		Pools pools = keep(TestPools.at(this.one.address(), "identifier", "lease", "lease.max-sessions", "2"));
		Execution anns = Calls.execution("*", new Terms(Deadline.in(Duration.ofMinutes(1)), false, "ann", null));
		assertThat(pools.candidate(anns).mayOthersHaveRoom()).isFalse();
		assertThat(Calls.run(pools, anns)).isEqualTo(Calls.WELL);
		await().atMost(5, TimeUnit.SECONDS).until(() -> pools.candidate(anns).mayOthersHaveRoom());
	}

	private static Object needs(Pools pools, String version, Terms terms) {
		return pools.candidate(Calls.execution(version, terms)).needs();
	}

	private <T extends AutoCloseable> T keep(T one) {
		this.open.addFirst(one);
		return one;
	}

}
