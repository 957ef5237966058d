package dev.sluice.http;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class HeldBytesTests {

	private final HeldBytes held = new HeldBytes(100);

	@Test
	void noMoreThanTheMostIsHeld() {
		assertThat(this.held.tryReserve(60)).isTrue();
		assertThat(this.held.tryReserve(41)).isFalse();
		assertThat(this.held.tryReserve(40)).isTrue();
		this.held.release(60);
		assertThat(this.held.held()).isEqualTo(40);
		assertThat(this.held.tryReserve(Long.MAX_VALUE)).isFalse();
	}

	@Test
	void aReservationIsGivenBackOnce() {
		Reservation reservation = this.held.reservation();
		reservation.grow(30);
		reservation.grow(30);
		reservation.shrink(20);
		assertThat(this.held.held()).isEqualTo(40);
		reservation.release();
		reservation.release();
		assertThat(this.held.held()).isZero();
	}

	@Test
	void whatIsAddedAfterItWasGivenBackIsNotHeld() {
		Reservation reservation = this.held.reservation();
		reservation.release();
		reservation.grow(30);
		reservation.shrink(30);
		assertThat(this.held.held()).isZero();
	}

	@Test
	void whatFindsNoRoomIsToComeAgain() {
		Reservation other = this.held.reservation();
		other.grow(100);
		Reservation reservation = this.held.reservation();
		assertThatExceptionOfType(ExecutionFailure.class).isThrownBy(() -> reservation.grow(1)).satisfies((failure) -> {
			assertThat(failure.code()).isEqualTo(FailureCode.OVERLOADED);
			assertThat(failure.retryable()).isTrue();
			assertThat(failure.retryAfter()).hasSeconds(1);
		});
		assertThat(this.held.held()).isEqualTo(100);
	}

	@Test
	void whatNeverFindsRoomIsTooLarge() {
		Reservation reservation = this.held.reservation();
		reservation.grow(60);
		assertThatExceptionOfType(ExecutionFailure.class).isThrownBy(() -> reservation.grow(41))
			.satisfies((failure) -> assertThat(failure.code()).isEqualTo(FailureCode.BODY_TOO_LARGE));
		assertThat(this.held.held()).isEqualTo(60);
	}

}
