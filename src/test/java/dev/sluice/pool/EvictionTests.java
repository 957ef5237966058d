package dev.sluice.pool;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EvictionTests {

	private long now = Duration.ofHours(1).toNanos();

	private final Eviction eviction = new Eviction(30, () -> this.now);

	@Test
	void oneMakesWayAtATimeUntilItsPlaceIsTaken() {
		assertThat(this.eviction.allowsOneMore()).isTrue();
		this.eviction.begins("a");
		assertThat(this.eviction.allowsOneMore()).isFalse();
		this.eviction.ends("a");
		this.eviction.placeTaken();
		this.eviction.begins("b");
		assertThat(this.eviction.allowsOneMore()).isTrue();
		this.eviction.begins("c");
		assertThat(this.eviction.allowsOneMore()).isFalse();
	}

	@Test
	void noMoreThanATenthOfThePoolMakesWayAtOnce() {
		for (int round = 0; round < 5; round++) {
			this.eviction.begins("taken-" + round);
			this.eviction.ends("taken-" + round);
			this.eviction.placeTaken();
		}
		this.eviction.begins("a");
		this.eviction.begins("b");
		assertThat(this.eviction.allowsOneMore()).isTrue();
		this.eviction.begins("c");
		assertThat(this.eviction.allowsOneMore()).isFalse();
	}

	@Test
	void afterAPauseOneMakesWayAgain() {
		this.eviction.begins("a");
		this.eviction.ends("a");
		this.eviction.placeTaken();
		this.now += Duration.ofSeconds(1).toNanos();
		this.eviction.begins("b");
		assertThat(this.eviction.allowsOneMore()).isFalse();
	}

	@Test
	void aStopThatTakesTooLongIsNoReasonToWait() {
		this.eviction.begins("a");
		this.now += Duration.ofSeconds(5).toNanos();
		assertThat(this.eviction.allowsOneMore()).isTrue();
		assertThat(this.eviction.allowsToTry()).isTrue();
	}

	@Test
	void inAPoolThatRefusesTheNextWaitsUntilThePlaceOfTheFirstWasTaken() {
		assertThat(this.eviction.allowsToTry()).isTrue();
		this.eviction.begins("a");
		assertThat(this.eviction.allowsToTry()).isFalse();
		this.eviction.ends("a");
		assertThat(this.eviction.allowsToTry()).isFalse();
		this.eviction.placeTaken();
		assertThat(this.eviction.allowsToTry()).isTrue();
	}

}
