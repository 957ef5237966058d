package dev.sluice.execution;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import dev.sluice.execution.Timeline.Leg;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class TimelineTests {

	private final Timeline timeline = new Timeline();

	@Test
	void onlyTheLegsThatItCameToAreTold() {
		assertThat(this.timeline.spent()).isEmpty();
		this.timeline.enter(Leg.ADMISSION);
		this.timeline.leave();
		this.timeline.enter(Leg.POOL);
		assertThat(this.timeline.spent()).containsOnlyKeys(Leg.ADMISSION, Leg.POOL);
	}

	@Test
	void aLegGoesOnUntilItIsLeft() {
		this.timeline.enter(Leg.POOL);
		await().atMost(1, TimeUnit.SECONDS).until(() -> pool().toMillis() >= 2);
		this.timeline.leave();
		Duration spent = pool();
		await().atMost(1, TimeUnit.SECONDS).until(() -> this.timeline.total().compareTo(spent.plusMillis(2)) > 0);
		assertThat(pool()).isEqualTo(spent);
	}

	@Test
	void whatItComesToAgainIsAddedUp() {
		this.timeline.enter(Leg.POOL);
		this.timeline.enter(Leg.TOKEN);
		Map<Leg, Duration> before = this.timeline.spent();
		this.timeline.enter(Leg.POOL);
		await().atMost(1, TimeUnit.SECONDS)
			.until(() -> pool().compareTo(Objects.requireNonNull(before.get(Leg.POOL))) > 0);
		assertThat(pool()).isLessThanOrEqualTo(this.timeline.total());
	}

	@Test
	void anExecutionKeepsItOnOtherTerms() {
		Execution execution = new Execution("1", "python", "3", ByteBuffer.allocate(0),
				Terms.within(Duration.ofSeconds(1)));
		assertThat(execution.on(Terms.within(Duration.ofSeconds(2))).timeline()).isSameAs(execution.timeline());
	}

	private Duration pool() {
		return Objects.requireNonNull(this.timeline.spent().get(Leg.POOL));
	}

}
