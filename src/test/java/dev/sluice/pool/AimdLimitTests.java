package dev.sluice.pool;

import dev.sluice.pool.Lease.End;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How a pool's limit moves.
 */
class AimdLimitTests {

	private final AimdLimit limit = new AimdLimit(2, 100);

	@Test
	void itBeginsAtItsBoundAndNeverGrowsAboveIt() {
		succeed(1000, 100);
		assertThat(this.limit.limit()).isEqualTo(100);
	}

	@Test
	void aRefusalTakesATenth() {
		this.limit.refused(0, 99);
		assertThat(this.limit.limit()).isEqualTo(90);
		this.limit.refused(1, 89);
		assertThat(this.limit.limit()).isEqualTo(81);
	}

	@Test
	void whatWasSentBeforeTheFallCountsOnce() {
		this.limit.refused(0, 99);
		this.limit.refused(0, 98);
		this.limit.refused(0, 97);
		assertThat(this.limit.limit()).isEqualTo(90);
		assertThat(this.limit.round()).isEqualTo(1);
	}

	@Test
	void manyRefusalsOfARoundGiveUpWhatNobodyUsesDownToAHalf() {
		for (int left = 99; left >= 70; left--) {
			this.limit.refused(0, left);
		}
		assertThat(this.limit.limit()).isEqualTo(70);
		for (int left = 69; left >= 0; left--) {
			this.limit.refused(0, left);
		}
		assertThat(this.limit.limit()).isEqualTo(50);
	}

	@Test
	void itNeverFallsBelowItsLeast() {
		for (int round = 0; round < 100; round++) {
			this.limit.refused(round, 0);
			this.limit.refused(round, 0);
		}
		assertThat(this.limit.limit()).isEqualTo(2);
	}

	@Test
	void itGrowsByOneForAsManySuccessesAsItIsLarge() {
		this.limit.refused(0, 99);
		succeed(92, 90);
		assertThat(this.limit.limit()).isEqualTo(91);
	}

	@Test
	void itGrowsOnlyWhileAtLeastHalfOfItIsInUse() {
		this.limit.refused(0, 99);
		succeed(1000, 44);
		assertThat(this.limit.limit()).isEqualTo(90);
		succeed(92, 45);
		assertThat(this.limit.limit()).isEqualTo(91);
	}

	@ParameterizedTest
	@EnumSource(names = { "UNSENT", "CANCELLED", "BADLY" })
	void noOtherEndMovesIt(End how) {
		PoolLimit kept = new PoolLimit(1, 10);
		refuseOne(kept);
		assertThat(kept.most()).isEqualTo(9);
		for (int i = 0; i < 100; i++) {
			assertThat(kept.tryEnter()).isTrue();
			kept.leave(how, kept.round());
		}
		assertThat(kept.most()).isEqualTo(9);
		assertThat(kept.inUse()).isZero();
	}

	@Test
	void noMoreEnterThanMay() {
		PoolLimit kept = new PoolLimit(1, 10);
		refuseOne(kept);
		for (int i = 0; i < 9; i++) {
			assertThat(kept.tryEnter()).isTrue();
		}
		assertThat(kept.hasRoom()).isFalse();
		assertThat(kept.tryEnter()).isFalse();
		kept.leave(End.WELL, kept.round());
		assertThat(kept.tryEnter()).isTrue();
		for (int i = 0; i < 9; i++) {
			kept.leave(End.WELL, kept.round());
		}
		assertThat(kept.inUse()).isZero();
	}

	@Test
	void itsBoundsAreInOrder() {
		assertThat(new LimitProperties(3, 2).isMinWithinMax()).isFalse();
		assertThat(new LimitProperties(3, 3).isMinWithinMax()).isTrue();
		assertThat(new LimitProperties(3, null).isMinWithinMax()).isTrue();
	}

	private static void refuseOne(PoolLimit kept) {
		assertThat(kept.tryEnter()).isTrue();
		kept.leave(End.REFUSED, kept.round());
	}

	private void succeed(int times, int inUse) {
		for (int i = 0; i < times; i++) {
			this.limit.succeeded(inUse);
		}
	}

}
