package dev.sluice.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.execution.Event;
import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.FluxSink;

/**
 * A program's place in the engine: it waits, then runs, then is over. Waiting, it can be
 * sent away without having run; running, it can only be stopped.
 */
final class Turn implements Runnable {

	private static final Logger logger = LoggerFactory.getLogger(Turn.class);

	private enum State {

		WAITING, RUNNING, OVER

	}

	/** How a program is run once its turn has come. */
	@FunctionalInterface
	interface Work {

		void run() throws IOException, InterruptedException;

	}

	private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

	private final FluxSink<Event> sink;

	private final Work work;

	private final Runnable over;

	/**
	 * Makes a turn.
	 * @param sink takes the failure or the end
	 * @param work runs the program
	 * @param over run once, when the place is free again
	 */
	Turn(FluxSink<Event> sink, Work work, Runnable over) {
		this.sink = sink;
		this.work = work;
		this.over = over;
	}

	@Override
	public void run() {
		if (!this.state.compareAndSet(State.WAITING, State.RUNNING)) {
			return;
		}
		try {
			this.work.run();
			leave();
			this.sink.complete();
		}
		catch (ExecutionFailure ex) {
			leave();
			this.sink.error(ex);
		}
		catch (Throwable ex) {
			leave();
			fail(ex);
		}
	}

	/**
	 * Gives up the place of a program that has not begun.
	 * @return whether it had not
	 */
	boolean leaveQueue() {
		if (this.state.compareAndSet(State.WAITING, State.OVER)) {
			this.over.run();
			return true;
		}
		return false;
	}

	/**
	 * Ends the wait of a program whose turn did not come in time.
	 * @param waited how long it was to wait at most
	 */
	void expire(Duration waited) {
		if (leaveQueue()) {
			this.sink.error(busy("its queue did not move within " + waited.toMillis() + " ms"));
		}
	}

	/** Sends away a program whose turn will not come. */
	void dismiss() {
		if (leaveQueue()) {
			this.sink.error(busy("it is shutting down"));
		}
	}

	static ExecutionFailure busy(String why) {
		return ExecutionFailure
			.passing(FailureCode.ENGINE_BUSY, "The engine runs as many programs as it may, and " + why)
			.retryAfter(Duration.ofSeconds(1));
	}

	/** A program that was stopped before its process began fails, and nobody is told. */
	private void fail(Throwable error) {
		if (this.sink.isCancelled()) {
			logger.debug("A program was stopped", error);
			return;
		}
		logger.warn("A program could not be run", error);
		this.sink.error(ExecutionFailure.broken(FailureCode.SANDBOX_FAILED, Executed.UNKNOWN,
				"The engine failed, so there is no verdict on the program; its log says why"));
	}

	private void leave() {
		this.state.set(State.OVER);
		this.over.run();
	}

}
