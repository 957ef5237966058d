package dev.sluice.admission;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is known of how quickly turns come.
 */
class PaceTests {

	private static final Duration ABOUT = Duration.ofMillis(600);

	private long now = Duration.ofDays(1).toNanos();

	private final Pace pace = new Pace(() -> this.now);

	@Test
	void nothingIsKnownBeforeSomeHaveHadTheirTurns() {
		this.pace.begin();
		turns(4, Duration.ofMillis(100));
		assertThat(this.pace.until(1)).isNull();
		turns(2, Duration.ofMillis(100));
		assertThat(this.pace.until(1)).isNotNull();
	}

	@Test
	void aPlaceTakesAsLongAsTurnsTook() {
		this.pace.begin();
		turns(50, Duration.ofMillis(100));
		assertThat(this.pace.until(100)).isCloseTo(Duration.ofSeconds(10), ABOUT);
	}

	@Test
	void timeInWhichNobodyWaitsDoesNotCount() {
		for (int i = 0; i < 50; i++) {
			this.pace.begin();
			turns(1, Duration.ofMillis(100));
			this.pace.end();
			pass(Duration.ofMillis(50));
		}
		assertThat(this.pace.until(100)).isCloseTo(Duration.ofSeconds(10), ABOUT);
	}

	@Test
	void placesThatComeFreeTogetherAreAsGoodAsOneByOne() {
		this.pace.begin();
		for (int i = 0; i < 40; i++) {
			turns(9, Duration.ZERO);
			turns(1, Duration.ofSeconds(1));
		}
		assertThat(this.pace.until(100)).isCloseTo(Duration.ofSeconds(10), ABOUT);
	}

	@Test
	void itFollowsThePools() {
		this.pace.begin();
		turns(100, Duration.ofMillis(100));
		turns(100, Duration.ofSeconds(1));
		assertThat(this.pace.until(10)).isCloseTo(Duration.ofSeconds(10), ABOUT);
	}

	@Test
	void whatWasSeenLongAgoIsForgotten() {
		this.pace.begin();
		turns(10, Duration.ofMillis(100));
		this.pace.end();
		pass(Duration.ofMinutes(2));
		assertThat(this.pace.until(1)).isNull();
	}

	private void turns(int times, Duration each) {
		for (int i = 0; i < times; i++) {
			pass(each);
			this.pace.turn();
		}
	}

	private void pass(Duration time) {
		this.now += time.toNanos();
	}

}
