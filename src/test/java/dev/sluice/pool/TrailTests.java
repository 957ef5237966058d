package dev.sluice.pool;

import java.net.URI;
import java.time.Duration;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TrailTests {

	private final ExecutionFailure full = ExecutionFailure.passing(FailureCode.POOL_FULL, "full");

	private final Pools pools = TestPools.at(URI.create("http://127.0.0.1:1"), "sluice.retry.floor", "1",
			"sluice.retry.budget", "0");

	private final SessionPool pool = (SessionPool) this.pools.all().getFirst();

	private long now;

	private final Trail trail = new Trail(() -> this.now);

	@AfterEach
	void close() {
		this.pools.close();
	}

	@Test
	void aPoolThatAskedForAPauseGetsIt() {
		assertThat(this.trail.leadsTo(this.pool)).isTrue();
		this.trail.met(this.pool, this.full.afterAttempts(1));
		this.trail.pass(this.pool, Duration.ofSeconds(3));
		assertThat(this.trail.leadsTo(this.pool)).isFalse();
		this.now += Duration.ofSeconds(3).toNanos();
		assertThat(this.trail.leadsTo(this.pool)).isTrue();
		assertThat(this.trail.attempts()).isEqualTo(1);
	}

	@Test
	void whatWasNeverSentIsNoRepeatButWaitsALittle() {
		this.trail.met(this.pool, this.full);
		this.trail.pass(this.pool, Duration.ZERO);
		assertThat(this.trail.hasAsked(this.pool)).isFalse();
		assertThat(this.trail.leadsTo(this.pool)).isFalse();
		this.now += Duration.ofMillis(100).toNanos();
		assertThat(this.trail.leadsTo(this.pool)).isTrue();
	}

	@Test
	void aRepeatNeedsTheBudget() {
		this.trail.met(this.pool, this.full.afterAttempts(1));
		assertThat(this.trail.hasAsked(this.pool)).isTrue();
		assertThat(this.trail.leadsTo(this.pool)).isTrue();
		assertThat(this.pool.budget().tryRepeat()).isTrue();
		assertThat(this.trail.leadsTo(this.pool)).isFalse();
	}

	@Test
	void aPoolThatIsSpentStaysSo() {
		this.trail.spend(this.pool);
		this.now += Duration.ofDays(1).toNanos();
		assertThat(this.trail.leadsTo(this.pool)).isFalse();
		assertThat(this.trail.isSpent(this.pool)).isTrue();
		assertThat(this.trail.refusals()).containsExactly("test, for good");
	}

}
