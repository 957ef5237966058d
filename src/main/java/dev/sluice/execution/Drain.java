package dev.sluice.execution;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * This process's end: once it has begun nothing more is let in, what goes on may finish
 * for a while, and the rest is ended. Safe for any thread; never blocks.
 */
public final class Drain {

	/**
	 * Something that goes on, and that the process is not to end before. Its methods
	 * return at once, and do nothing where it is over.
	 */
	public interface Work {

		/** The drain has begun: what is idle may end. */
		void drain();

		/** Whether it waits for its turn, and nothing of it runs elsewhere. */
		boolean waits();

		/** The time is over: what it does elsewhere is given up, and nobody told yet. */
		void stop();

		/** Tells its client. */
		void tell();

	}

	private static final Logger logger = LoggerFactory.getLogger(Drain.class);

	private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

	/** What was on its way out as it was stopped is known to have left after this. */
	private static final Duration MOMENT = Duration.ofMillis(50);

	private final Set<Work> going = ConcurrentHashMap.newKeySet();

	private final Sinks.Empty<Void> quiet = Sinks.empty();

	private volatile boolean begun;

	/**
	 * Lets something in.
	 * @param work the work, which is to {@linkplain #leave leave}
	 * @return whether it may go on; nobody is to leave otherwise
	 */
	public boolean tryEnter(Work work) {
		this.going.add(work);
		// Not before: whoever has begun the drain since waits for it.
		if (!this.begun) {
			return true;
		}
		leave(work);
		return false;
	}

	/**
	 * Something is over. May be called again.
	 * @param work the work
	 */
	public void leave(Work work) {
		this.going.remove(work);
		if (this.begun) {
			look();
		}
	}

	/**
	 * Lets nothing more in from now on.
	 */
	public void begin() {
		this.begun = true;
		each(Work::drain);
		look();
	}

	/**
	 * Whether nothing more is let in.
	 * @return whether the drain has begun
	 */
	public boolean hasBegun() {
		return this.begun;
	}

	/**
	 * How much goes on.
	 * @return the number
	 */
	public int going() {
		return this.going.size();
	}

	/**
	 * Waits for the last.
	 * @return completes when the drain has begun, and nothing goes on any more
	 */
	public Mono<Void> quiet() {
		return this.quiet.asMono();
	}

	/**
	 * Ends what goes on.
	 * @return completes when all of it was told so
	 */
	public Mono<Void> end() {
		return Mono.<Void>fromRunnable(this::stop)
			.then(Mono.delay(MOMENT))
			.then(Mono.fromRunnable(() -> each(Work::tell)));
	}

	/**
	 * What who comes too late is told.
	 * @return the failure
	 */
	public static ExecutionFailure refusal() {
		return ExecutionFailure
			.passing(FailureCode.DRAINING, "This gateway is about to end, and takes nothing more: send it again")
			.retryAfter(RETRY_AFTER);
	}

	/**
	 * What who was ended is told.
	 * @param executed whether it had been sent to where it runs
	 * @return the failure
	 */
	public static ExecutionFailure ended(Executed executed) {
		String message = "This gateway has ended, and the execution had no more time to end by itself";
		return switch (executed) {
			case NO ->
				ExecutionFailure.passing(FailureCode.DRAINING, message + ": send it again").retryAfter(RETRY_AFTER);
			case YES, UNKNOWN -> ExecutionFailure.broken(FailureCode.DRAINING, executed, message);
		};
	}

	/** Who waits goes first: it would take the place that another gives back. */
	private void stop() {
		each((work) -> {
			if (work.waits()) {
				work.stop();
			}
		});
		each(Work::stop);
	}

	private void look() {
		if (this.going.isEmpty()) {
			this.quiet.tryEmitEmpty();
		}
	}

	/** One that fails keeps no other from its end. */
	private void each(Consumer<Work> what) {
		for (Work work : this.going) {
			try {
				what.accept(work);
			}
			catch (RuntimeException ex) {
				logger.error("Something could not be ended by a fault of ours", ex);
			}
		}
	}

}
