package dev.sluice.execution;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.sluice.execution.Timeline.Leg;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class TimelineTests {

	private static final long MILLI = 1_000_000;

	private final Timeline timeline = new Timeline();

	@Test
	void onlyTheLegsThatItCameToAreTold() {
		assertThat(Leg.values()).allMatch((leg) -> this.timeline.nanos(leg) == -1);
		this.timeline.enter(Leg.ADMISSION);
		this.timeline.leave();
		this.timeline.enter(Leg.POOL);
		assertThat(Leg.values()).filteredOn((leg) -> this.timeline.nanos(leg) >= 0)
			.containsExactly(Leg.ADMISSION, Leg.POOL);
	}

	@Test
	void aLegGoesOnUntilItIsLeft() {
		this.timeline.enter(Leg.POOL);
		await().atMost(1, TimeUnit.SECONDS).until(() -> pool() >= MILLI);
		this.timeline.leave();
		long spent = pool();
		await().atMost(1, TimeUnit.SECONDS).until(() -> this.timeline.totalNanos() > spent + MILLI);
		assertThat(pool()).isEqualTo(spent);
	}

	@Test
	void whatItComesToAgainIsAddedUp() {
		this.timeline.enter(Leg.POOL);
		this.timeline.enter(Leg.TOKEN);
		long before = pool();
		this.timeline.enter(Leg.POOL);
		await().atMost(1, TimeUnit.SECONDS).until(() -> pool() > before);
		assertThat(pool()).isLessThanOrEqualTo(this.timeline.totalNanos());
	}

	@Test
	void anExecutionKeepsItOnOtherTerms() {
		Execution execution = new Execution("1", "python", "3", ByteBuffer.allocate(0),
				Terms.within(Duration.ofSeconds(1)));
		assertThat(execution.on(Terms.within(Duration.ofSeconds(2))).timeline()).isSameAs(execution.timeline());
	}

	private long pool() {
		return this.timeline.nanos(Leg.POOL);
	}

}
