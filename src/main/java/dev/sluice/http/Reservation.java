package dev.sluice.http;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;

/**
 * A part of the {@link HeldBytes}. One may let go of it while another still adds to it:
 * what comes after that is given back at once.
 */
public final class Reservation {

	private static final long RELEASED = -1;

	private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

	private final HeldBytes all;

	private final AtomicLong mine = new AtomicLong();

	Reservation(HeldBytes all) {
		this.all = all;
	}

	/**
	 * A part of nothing, where nobody counts.
	 */
	static Reservation uncounted() {
		return new HeldBytes(Long.MAX_VALUE).reservation();
	}

	/**
	 * Adds to it.
	 * @param bytes how many bytes
	 * @throws ExecutionFailure with {@link FailureCode#OVERLOADED} where there is no
	 * room, or with {@link FailureCode#BODY_TOO_LARGE} where there never will be
	 */
	public void grow(long bytes) {
		if (bytes > this.all.most() - Math.max(0, this.mine.get())) {
			throw ExecutionFailure.refused(FailureCode.BODY_TOO_LARGE, "The request takes more memory than the "
					+ this.all.most() + " bytes that sluice.http.max-held allows for all of them");
		}
		if (!tryGrow(bytes)) {
			throw ExecutionFailure
				.passing(FailureCode.OVERLOADED,
						"Requests and answers of " + this.all.most()
								+ " bytes are held already: send it again later, or raise sluice.http.max-held")
				.retryAfter(RETRY_AFTER);
		}
	}

	/**
	 * Adds to it, where there is room.
	 * @param bytes how many bytes
	 * @return whether there was
	 */
	public boolean tryGrow(long bytes) {
		if (!this.all.tryReserve(bytes)) {
			return false;
		}
		if (!change(bytes)) {
			this.all.release(bytes);
		}
		return true;
	}

	/**
	 * Gives a part of it back.
	 * @param bytes how many bytes
	 */
	public void shrink(long bytes) {
		if (change(-bytes)) {
			this.all.release(bytes);
		}
	}

	/**
	 * Gives all of it back, and for good. May be called again.
	 */
	public void release() {
		long before = this.mine.getAndSet(RELEASED);
		if (before != RELEASED) {
			this.all.release(before);
		}
	}

	private boolean change(long by) {
		return this.mine.getAndUpdate((now) -> (now != RELEASED) ? now + by : now) != RELEASED;
	}

}
