package dev.sluice.pool;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How many repeats a pool gets.
 */
class RetryBudgetTests {

	private long now;

	private final RetryBudget budget = new RetryBudget(20, 2, () -> this.now);

	@Test
	void aShareOfTheCallsMayBeRepeats() {
		assertThat(this.budget.left()).isEqualTo(2);
		for (int i = 0; i < 10; i++) {
			this.budget.call();
		}
		assertThat(this.budget.left()).isEqualTo(4);
	}

	@Test
	void whatIsSpentComesBackWithTime() {
		spend(2);
		assertThat(this.budget.tryRepeat()).isFalse();
		pass(9);
		assertThat(this.budget.allowsRepeat()).isFalse();
		pass(1);
		assertThat(this.budget.left()).isEqualTo(2);
	}

	@Test
	void aRepeatThatThePoolTookCostsNothing() {
		spend(2);
		this.budget.giveBack();
		assertThat(this.budget.left()).isEqualTo(1);
		spend(1);
	}

	@Test
	void whatIsGivenBackLateIsNoGift() {
		spend(1);
		pass(5);
		spend(1);
		pass(5);
		assertThat(this.budget.left()).isEqualTo(1);
		this.budget.giveBack();
		this.budget.giveBack();
		assertThat(this.budget.left()).isEqualTo(2);
		pass(5);
		assertThat(this.budget.left()).isEqualTo(2);
	}

	private void spend(int repeats) {
		for (int i = 0; i < repeats; i++) {
			assertThat(this.budget.tryRepeat()).isTrue();
		}
	}

	private void pass(int seconds) {
		this.now += Duration.ofSeconds(seconds).toNanos();
	}

}
