package dev.sluice.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.execution.Event;
import reactor.core.publisher.FluxSink;
import reactor.core.scheduler.Schedulers;

/**
 * The engine's bounded queue, and the threads that programs run on: as many as may run at
 * once. A program's thread outlives the program.
 */
final class Turns implements AutoCloseable {

	private static final Duration CLOSES_WITHIN = Duration.ofSeconds(5);

	private final int slots;

	private final int queue;

	private final Duration maxWait;

	private final ThreadPoolExecutor threads;

	private final AtomicInteger admitted = new AtomicInteger();

	private final AtomicInteger running = new AtomicInteger();

	Turns(int slots, int queue, Duration maxWait) {
		this.slots = slots;
		this.queue = queue;
		this.maxWait = maxWait;
		// Its queue takes no lock: an event loop puts programs into it.
		this.threads = new ThreadPoolExecutor(slots, slots, 0, TimeUnit.SECONDS, new LinkedTransferQueue<>(),
				Thread.ofPlatform().daemon().name("engine-", 0).factory());
		this.threads.prestartAllCoreThreads();
	}

	/**
	 * The threads, for what is to be found out before there are programs.
	 * @return an executor of as many threads as there are slots
	 */
	ExecutorService threads() {
		return this.threads;
	}

	/**
	 * Lets a program in, or sends it away. Returns at once.
	 * @param sink takes what comes of it, and tells when nobody wants it any more
	 * @param work runs the program
	 * @param stop ends the program while it runs
	 * @param ended run once, when its place is free again or it got none
	 */
	void admit(FluxSink<Event> sink, Turn.Work work, Runnable stop, Runnable ended) {
		if (this.admitted.incrementAndGet() > this.slots + this.queue) {
			leave(ended);
			sink.error(Turn.busy(this.queue + " programs are waiting already"));
			return;
		}
		Turn turn = new Turn(sink, () -> run(work), () -> leave(ended));
		sink.onCancel(() -> {
			if (turn.leaveQueue()) {
				this.threads.remove(turn);
			}
			else {
				stop.run();
			}
		});
		sink.onDispose(Schedulers.parallel()
			.schedule(() -> turn.expire(this.maxWait), this.maxWait.toMillis(), TimeUnit.MILLISECONDS));
		try {
			this.threads.execute(turn);
		}
		catch (RejectedExecutionException ex) {
			turn.dismiss();
		}
	}

	int running() {
		return this.running.get();
	}

	int admitted() {
		return this.admitted.get();
	}

	/**
	 * Sends away who waits, stops who runs, and waits for their end.
	 */
	@Override
	public void close() {
		for (Runnable waiting : this.threads.shutdownNow()) {
			if (waiting instanceof Turn turn) {
				turn.dismiss();
			}
		}
		try {
			this.threads.awaitTermination(CLOSES_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void leave(Runnable ended) {
		this.admitted.decrementAndGet();
		ended.run();
	}

	private void run(Turn.Work work) throws IOException, InterruptedException {
		this.running.incrementAndGet();
		try {
			work.run();
		}
		finally {
			this.running.decrementAndGet();
		}
	}

}
