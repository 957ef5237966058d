package dev.sluice.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.sluice.RawServer;
import dev.sluice.RawServer.Reply;
import dev.sluice.RawServer.Then;
import dev.sluice.execution.Deadline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static dev.sluice.pool.Calls.JSON;
import static dev.sluice.pool.Calls.RUNTIMES;
import static dev.sluice.pool.Calls.VERDICT;
import static dev.sluice.pool.Calls.WELL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What one of two pools can't do, the other one does.
 */
class FailoverTests {

	private final RawServer one = new RawServer();

	private final RawServer two = new RawServer();

	private final List<Pools> open = new ArrayList<>();

	@AfterEach
	void close() {
		this.open.forEach(Pools::close);
		this.one.close();
		this.two.close();
	}

	@Test
	void noBudgetStandsBeforeAPoolThatWasNotAskedYet() {
		CountDownLatch all = new CountDownLatch(40);
		this.one.answersBy((request) -> {
			if (request.startsWith("GET ")) {
				return Reply.whole(200, JSON, RUNTIMES);
			}
			// None is passed over before all have been sent.
			all.countDown();
			awaitAll(all);
			return Reply.whole(403, "", "");
		});
		this.two.answersForRuntimes(RUNTIMES).answers(200, JSON, VERDICT);
		Pools pools = pools("sluice.pools[1].priority", "2", "sluice.retry.budget", "0", "sluice.retry.floor", "0");
		Map<String, Integer> outcomes = Calls.storm(pools, 40, Deadline.in(Duration.ofSeconds(25)));
		assertThat(outcomes).containsOnly(Map.entry(WELL, 40));
		assertThat(Calls.report(pools, 0).repeated() + Calls.report(pools, 1).repeated()).isZero();
	}

	@Test
	void aPoolThatRefusesAnExecutionIsNotAskedForItWhileItWaitsForAnother() {
		this.one.answersForRuntimes(RUNTIMES)
			.answers(400, JSON, "{\"error\":{\"code\":\"SessionRequestNotSupported\"}}");
		this.two.answersForRuntimes(RUNTIMES).answers("", Then.HANG);
		Pools pools = pools("sluice.pools[1].identifier", "lease", "sluice.pools[1].lease.max-sessions", "1",
				"sluice.pools[1].response-timeout", "60s");
		Waits waits = new Waits(pools, Duration.ofSeconds(30));
		for (int i = 0; i < 20; i++) {
			waits.add(Calls.within(Duration.ofSeconds(60)));
		}
		await().atMost(10, TimeUnit.SECONDS).until(() -> waits.waiting() == 19 && this.two.count("/execute") == 1);
		await().during(Duration.ofSeconds(1))
			.atMost(10, TimeUnit.SECONDS)
			.until(() -> Calls.report(pools, 0).sent() <= 20 && waits.waiting() == 19);
		waits.close();
	}

	@Test
	void whatWaitedForTheOtherPoolGetsItsVerdictThere() {
		this.one.answersForRuntimes(RUNTIMES).answers(302, "Location: /elsewhere\n", "");
		this.two.answersForRuntimes(RUNTIMES).answers(200, JSON, VERDICT);
		Pools pools = pools("sluice.pools[1].identifier", "lease", "sluice.pools[1].lease.max-sessions", "1");
		Waits waits = new Waits(pools, Duration.ofSeconds(20));
		for (int i = 0; i < 20; i++) {
			waits.add(Calls.within(Duration.ofSeconds(25)));
		}
		await().atMost(20, TimeUnit.SECONDS).until(() -> waits.outcomes().size() == 20);
		assertThat(waits.outcomes()).containsOnly(WELL);
		assertThat(Calls.report(pools, 0).sent()).isLessThanOrEqualTo(20);
		waits.close();
	}

	@Test
	void whatOnlyOnePoolCouldDoIsToldAtOnceWhatThatOneSays() {
		this.one.answersForRuntimes(RUNTIMES).answers(409, "", "odd");
		this.two.answersForRuntimes(RUNTIMES.replace("3.12.1", "3.1.0")).answers(200, JSON, VERDICT);
		Pools pools = pools();
		Waits waits = new Waits(pools, Duration.ofSeconds(20));
		waits.add(Calls.within(Duration.ofSeconds(25)));
		await().atMost(10, TimeUnit.SECONDS).until(() -> waits.outcomes().size() == 1);
		assertThat(waits.outcomes()).containsOnly("pool-request-refused");
		assertThat(Calls.report(pools, 0).sent()).isEqualTo(1);
		waits.close();
	}

	private Pools pools(String... settings) {
		Pools pools = Calls.both(this.one, this.two, settings);
		this.open.add(pools);
		pools.start();
		await().atMost(10, TimeUnit.SECONDS)
			.until(() -> this.one.count("/runtimes") == 1 && this.two.count("/runtimes") == 1);
		await().atMost(10, TimeUnit.SECONDS)
			.until(() -> pools.all()
				.stream()
				.allMatch((pool) -> pool.report().running() == 0 && pool.report().sessions().leased() == 0
						&& pool.report().sessions().quarantined() == 0));
		return pools;
	}

	private static void awaitAll(CountDownLatch all) {
		try {
			assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
