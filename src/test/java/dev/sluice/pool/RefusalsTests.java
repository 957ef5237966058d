package dev.sluice.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.sluice.RawServer;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How long a pool is left alone that refused.
 */
class RefusalsTests {

	private final RawServer one = new RawServer();

	private final List<Pools> open = new ArrayList<>();

	@AfterEach
	void close() {
		this.open.forEach(Pools::close);
		this.one.close();
	}

	private long now;

	private final Refusals refusals = new Refusals(() -> this.now);

	@Test
	void whatAPoolAsksForIsNotShortenedByASuccess() {
		this.refusals.heed(full().retryAfter(Duration.ofSeconds(10)));
		this.refusals.refused();
		this.refusals.given();
		assertThat(this.refusals.allows()).isFalse();
		assertThat(this.refusals.tryAsk()).isFalse();
		this.now += Duration.ofSeconds(10).toNanos();
		assertThat(this.refusals.allows()).isTrue();
		assertThat(this.refusals.tryAsk()).isTrue();
	}

	@Test
	void whateverAPoolAsksForItIsTriedAgainAfterAMinute() {
		this.refusals.heed(full().retryAfter(Duration.ofDays(1)));
		this.now += Duration.ofSeconds(59).toNanos();
		assertThat(this.refusals.allows()).isFalse();
		this.now += Duration.ofSeconds(1).toNanos();
		assertThat(this.refusals.allows()).isTrue();
	}

	@Test
	void othersFailuresChangeNothing() {
		this.refusals.heed(full().afterAttempts(0).retryAfter(Duration.ofSeconds(10)));
		this.refusals.heed(ExecutionFailure.passing(FailureCode.SESSION_BUSY, "busy")
			.afterAttempts(1)
			.retryAfter(Duration.ofSeconds(10)));
		assertThat(this.refusals.allows()).isTrue();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "none", textBlock = """
			7                             | PT7S
			Thu, 01 Jan 2026 00:00:30 GMT | PT30S
			Wed, 31 Dec 2025 23:00:00 GMT | PT0S
			soon                          | none
			-1                            | none
			""")
	void aDateSaysWhenAsSecondsDo(String header, Duration expected) {
		HttpHeaders headers = new HttpHeaders();
		headers.set("Retry-After", header);
		assertThat(RetryAfter.read(headers, Instant.parse("2026-01-01T00:00:00Z"))).isEqualTo(expected);
	}

	@Test
	void nobodyAsksAPoolThatWantsToBeLeftAlone() {
		this.one.answers(429, "Retry-After: 100\n", "");
		Pools pools = TestPools.at(this.one.address(), "identifier", "none", "sluice.retry.attempts", "4");
		this.open.add(pools);
		Waits waits = new Waits(pools, Duration.ofSeconds(2));
		for (int i = 0; i < 5; i++) {
			waits.add(Calls.within(Duration.ofSeconds(20)));
		}
		await().atMost(10, TimeUnit.SECONDS).until(() -> waits.outcomes().size() == 5);
		assertThat(waits.outcomes()).contains("pool-full");
		assertThat(this.one.count("/execute")).isBetween(1, 5);
		int before = this.one.count("/execute");
		assertThat(Calls.run(pools, Calls.within(Duration.ofSeconds(20)))).isEqualTo("pool-full");
		assertThat(this.one.count("/execute")).isEqualTo(before);
		waits.close();
	}

	private static ExecutionFailure full() {
		return ExecutionFailure.passing(FailureCode.POOL_FULL, "full").afterAttempts(1);
	}

}
