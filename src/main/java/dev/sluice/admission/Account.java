package dev.sluice.admission;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Pass;
import dev.sluice.execution.Quota;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.EstimationProbe;
import io.github.bucket4j.TimeMeter;
import org.jspecify.annotations.Nullable;

/**
 * What one client has taken of what it may have. Nothing in it waits or locks.
 */
final class Account {

	/** In place of the number of executions, once the account is closed. */
	private static final int CLOSED = -1;

	/** An execution's end is not known beforehand. */
	private static final Duration ANOTHER_ENDS = Duration.ofSeconds(1);

	/** Limits, and what is left of their rate; null where they have none. */
	private record Rate(Limits limits, @Nullable Bucket bucket) {

		static Rate of(Limits limits, TimeMeter clock) {
			if (limits.rate() == null) {
				return new Rate(limits, null);
			}
			return new Rate(limits,
					Bucket.builder()
						.addLimit((limit) -> limit.capacity(limits.most()).refillGreedy(1, limits.interval()))
						.withCustomTimePrecision(clock)
						.build());
		}

		Quota quota(long left, long nanosToReset) {
			return new Quota(this.limits.most(), this.limits.window(), left, Duration.ofNanos(nanosToReset));
		}

	}

	/** An execution's part of it. */
	private final class Part implements Pass {

		private final AtomicBoolean given = new AtomicBoolean();

		private final @Nullable Quota quota;

		Part(@Nullable Quota quota) {
			this.quota = quota;
		}

		@Override
		public @Nullable Quota quota() {
			return this.quota;
		}

		@Override
		public void giveBack() {
			if (this.given.compareAndSet(false, true)) {
				Account.this.running.decrementAndGet();
			}
		}

	}

	private final String client;

	private final TimeMeter clock;

	private final AtomicInteger running = new AtomicInteger();

	private volatile Rate rate;

	/**
	 * Opens it.
	 * @param client what the client is called in messages
	 * @param limits what it may have
	 * @param clock the clock
	 */
	Account(String client, Limits limits, TimeMeter clock) {
		this.client = client;
		this.clock = clock;
		this.rate = Rate.of(limits, clock);
	}

	/**
	 * Takes an execution's part.
	 * @param limits what the client may have now
	 * @return the part; null where the account is closed
	 * @throws ExecutionFailure with {@link FailureCode#QUOTA_EXCEEDED}
	 */
	@Nullable Pass take(Limits limits) {
		Rate rate = rate(limits);
		if (!begin(limits.concurrency())) {
			return null;
		}
		Bucket bucket = rate.bucket();
		if (bucket == null) {
			return new Part(null);
		}
		ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
		if (!probe.isConsumed()) {
			this.running.decrementAndGet();
			throw refused("may begin " + limits.rateInWords(), Duration.ofNanos(probe.getNanosToWaitForRefill()));
		}
		return new Part(rate.quota(probe.getRemainingTokens(), probe.getNanosToWaitForReset()));
	}

	/** What is left of its rate; null where it has none. */
	@Nullable Quota quota(Limits limits) {
		Rate rate = rate(limits);
		Bucket bucket = rate.bucket();
		if (bucket == null) {
			return null;
		}
		long left = bucket.getAvailableTokens();
		EstimationProbe whole = bucket.estimateAbilityToConsume(limits.most());
		return rate.quota(left, whole.getNanosToWaitForRefill());
	}

	/** How many executions have a part. */
	int running() {
		return Math.max(0, this.running.get());
	}

	/** Whether it is as good as new: nothing runs, and the rate is whole. */
	boolean isRested() {
		Bucket bucket = this.rate.bucket();
		return this.running.get() == 0 && (bucket == null || bucket.getAvailableTokens() >= this.rate.limits().most());
	}

	/** Closes it, where nothing runs. */
	boolean close() {
		return this.running.compareAndSet(0, CLOSED);
	}

	private Rate rate(Limits limits) {
		Rate now = this.rate;
		if (!now.limits().equals(limits)) {
			now = Rate.of(limits, this.clock);
			this.rate = now;
		}
		return now;
	}

	/** Whether one more runs; it does not where the account is closed. */
	private boolean begin(@Nullable Integer most) {
		int now = this.running.get();
		while (now != CLOSED) {
			if (most != null && now >= most) {
				throw refused("may have " + most + " executions at once, and has them", ANOTHER_ENDS);
			}
			if (this.running.compareAndSet(now, now + 1)) {
				return true;
			}
			now = this.running.get();
		}
		return false;
	}

	private ExecutionFailure refused(String what, Duration retryAfter) {
		return ExecutionFailure
			.passing(FailureCode.QUOTA_EXCEEDED, this.client + " " + what + ": send this one again later")
			.retryAfter(retryAfter);
	}

}
