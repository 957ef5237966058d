package dev.sluice.admission;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.sluice.execution.Client;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Pass;
import dev.sluice.execution.Priority;
import dev.sluice.execution.Quota;
import io.github.bucket4j.TimeMeter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class AccountsTests {

	private static final Client ALICE = client("alice");

	private final AtomicLong nanos = new AtomicLong();

	private final TimeMeter clock = new TimeMeter() {

		@Override
		public long currentTimeNanos() {
			return AccountsTests.this.nanos.get();
		}

		@Override
		public boolean isWallClockBased() {
			return false;
		}

	};

	private final Accounts accounts = new Accounts(3, this.clock);

	@ParameterizedTest
	@CsvSource({ "5, , 5, PT1S", "5, 20, 20, PT4S", "5, 2, 5, PT1S", "0.5, , 1, PT2S", "2.5, , 3, PT2S",
			"0.1, 6, 6, PT60S", "1000, 1000, 1000, PT1S" })
	void aRateIsToldAsSoManyInAWindow(double rate, Integer burst, long most, Duration window) {
		Limits limits = new Limits(rate, burst, null);
		assertThat(limits.most()).isEqualTo(most);
		assertThat(limits.window()).isEqualTo(window);
	}

	@Test
	void whoHasBegunAsManyAsHeMayWaitsForTheNext() {
		Limits limits = new Limits(2.0, 3, null);
		assertThat(this.accounts.take(ALICE, limits).quota())
			.isEqualTo(new Quota(3, Duration.ofSeconds(2), 2, Duration.ofMillis(500)));
		this.accounts.take(ALICE, limits);
		assertThat(this.accounts.take(ALICE, limits).quota()).extracting(Quota::left).isEqualTo(0L);
		ExecutionFailure refused = refused(ALICE, limits);
		assertThat(refused.code()).isEqualTo(FailureCode.QUOTA_EXCEEDED);
		assertThat(refused.retryAfter()).isEqualTo(Duration.ofMillis(500));
		assertThat(refused.retryable()).isTrue();
		assertThat(refused.message()).contains("'alice'", "2 a second", "3 in one burst");
		assertThat(this.accounts.quota(ALICE, limits))
			.isEqualTo(new Quota(3, Duration.ofSeconds(2), 0, Duration.ofMillis(1500)));
		this.accounts.take(client("bob"), limits);
		this.nanos.addAndGet(Duration.ofMillis(500).toNanos());
		this.accounts.take(ALICE, limits);
		refused(ALICE, limits);
	}

	@Test
	void whoHasAsManyAtOnceAsHeMayWaitsForAnEnd() {
		Limits limits = new Limits(10.0, null, 2);
		Pass first = this.accounts.take(ALICE, limits);
		this.accounts.take(ALICE, limits);
		ExecutionFailure refused = refused(ALICE, limits);
		assertThat(refused.message()).contains("'alice'", "2 executions at once");
		assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(1));
		// A refusal costs nothing of the rate.
		assertThat(Objects.requireNonNull(this.accounts.quota(ALICE, limits)).left()).isEqualTo(8);
		first.giveBack();
		first.giveBack();
		assertThat(this.accounts.running()).isOne();
		this.accounts.take(ALICE, limits);
		refused(ALICE, limits);
	}

	@Test
	void whoIsRefusedByHisRateRunsNothing() {
		Limits limits = new Limits(1.0, null, 5);
		this.accounts.take(ALICE, limits).giveBack();
		refused(ALICE, limits);
		assertThat(this.accounts.running()).isZero();
	}

	@Test
	void whoHasNoLimitsHasNoAccount() {
		assertThat(this.accounts.take(ALICE, Limits.NONE)).isSameAs(Pass.FREE);
		assertThat(this.accounts.quota(ALICE, Limits.NONE)).isNull();
		assertThat(this.accounts.size()).isZero();
	}

	@Test
	void newLimitsHoldForWhatRunsAlready() {
		Pass running = this.accounts.take(ALICE, new Limits(null, null, 5));
		refused(ALICE, new Limits(null, null, 1));
		running.giveBack();
		Limits rate = new Limits(1.0, null, 1);
		assertThat(this.accounts.take(ALICE, rate).quota()).isNotNull();
	}

	@Test
	void whoIsUnknownSharesWithAllOthers() {
		Limits limits = new Limits(1.0, null, null);
		this.accounts.take(Client.ANYONE, limits);
		assertThat(refused(Client.ANYONE, limits).message()).contains("All clients together");
	}

	@Test
	void clientsThatRestAreForgottenAndOthersOnlyInNeed() {
		Limits limits = new Limits(1.0, null, null);
		this.accounts.take(ALICE, limits);
		this.accounts.take(client("rested"), limits).giveBack();
		this.nanos.addAndGet(Duration.ofSeconds(1).toNanos());
		this.accounts.take(client("spent"), limits).giveBack();
		this.accounts.take(client("next"), limits).giveBack();
		assertThat(this.accounts.size()).isEqualTo(3);
		refused(client("spent"), limits);
		this.accounts.take(client("one-more"), limits).giveBack();
		assertThat(this.accounts.size()).isEqualTo(2);
		assertThat(this.accounts.running()).isOne();
		for (int i = 0; i < 100; i++) {
			this.accounts.take(client("passer-by" + i), limits).giveBack();
		}
		assertThat(this.accounts.size()).isLessThanOrEqualTo(3);
		// What runs is never forgotten.
		assertThat(this.accounts.running()).isOne();
	}

	@Test
	void nothingIsLostBetweenManyWhoComeAndGo() throws Exception {
		Limits limits = new Limits(null, null, 3);
		AtomicInteger together = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		CountDownLatch done = new CountDownLatch(4);
		List<Throwable> faults = new ArrayList<>();
		for (int thread = 0; thread < 4; thread++) {
			int number = thread;
			Thread.ofVirtual().start(() -> {
				for (int i = 0; i < 2_000; i++) {
					try {
						Pass pass = this.accounts.take(ALICE, limits);
						most.accumulateAndGet(together.incrementAndGet(), Math::max);
						together.decrementAndGet();
						pass.giveBack();
						// Makes room by forgetting her, too.
						this.accounts.take(client("passer-by" + number + i), limits).giveBack();
					}
					catch (ExecutionFailure expected) {
						Thread.onSpinWait();
					}
					catch (RuntimeException ex) {
						synchronized (faults) {
							faults.add(ex);
						}
					}
				}
				done.countDown();
			});
		}
		assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(faults).isEmpty();
		assertThat(most.get()).isBetween(1, 3);
		assertThat(this.accounts.running()).isZero();
	}

	private ExecutionFailure refused(Client client, Limits limits) {
		return catchThrowableOfType(ExecutionFailure.class, () -> this.accounts.take(client, limits));
	}

	private static Client client(String name) {
		return new Client(name, Priority.INTERACTIVE);
	}

}
