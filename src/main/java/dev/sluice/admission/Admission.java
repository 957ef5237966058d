package dev.sluice.admission;

import java.time.Duration;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Capacity;
import dev.sluice.execution.Deadline;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import dev.sluice.execution.FailureCode;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;

/**
 * Lets executions in while there is room; the others wait in a bounded queue, for a
 * bounded time.
 */
public final class Admission implements Executor, AutoCloseable {

	/** Room also comes with time, such as when a pool is tried again. */
	private static final Duration LOOKS_EVERY = Duration.ofMillis(100);

	/** How many that do not fit are passed over in search for one that does. */
	private static final int PASSED_OVER = 32;

	private record Waiting(Execution execution, MonoSink<Void> turn) {
	}

	private final Executor next;

	private final Capacity capacity;

	private final AdmissionProperties properties;

	private final Deque<Waiting> queue = new ConcurrentLinkedDeque<>();

	private final AtomicInteger waiting = new AtomicInteger();

	private final AtomicInteger looks = new AtomicInteger();

	private final Disposable clock;

	Admission(Executor next, Capacity capacity, AdmissionProperties properties) {
		this.next = next;
		this.capacity = capacity;
		this.properties = properties;
		capacity.onRoom(this::look);
		long every = LOOKS_EVERY.toMillis();
		this.clock = Schedulers.parallel().schedulePeriodically(this::look, every, every, TimeUnit.MILLISECONDS);
	}

	/**
	 * Runs an execution once there is room for it. A cancel takes it out of the queue.
	 */
	@Override
	public Mono<Answer> execute(Execution execution) {
		return Mono.defer(() -> {
			Deadline until = Deadline.in(this.properties.maxWait());
			boolean free = this.waiting.get() == 0 && this.capacity.hasRoomFor(execution);
			return free ? run(execution, until) : queued(execution, until, false);
		}).onErrorMap(ExecutionFailure.class, (failure) -> failure.tracedBy(execution.id()));
	}

	/**
	 * How many executions wait now.
	 * @return the number
	 */
	public int waiting() {
		return this.waiting.get();
	}

	@Override
	public void close() {
		this.clock.dispose();
	}

	/** What found no room after all waits on, before the others. */
	private Mono<Answer> run(Execution execution, Deadline until) {
		return this.next.execute(execution)
			.onErrorResume((error) -> error instanceof ExecutionFailure failure
					&& failure.code() == FailureCode.POOL_FULL && !until.left().isZero(),
					(error) -> queued(execution, until, true));
	}

	private Mono<Answer> queued(Execution execution, Deadline until, boolean first) {
		return turn(execution, first).timeout(until.left(), Mono.error(this::tooLong))
			.then(Mono.defer(() -> run(execution, until)));
	}

	private Mono<Void> turn(Execution execution, boolean first) {
		return Mono.create((turn) -> {
			if (this.waiting.incrementAndGet() > this.properties.queue()) {
				this.waiting.decrementAndGet();
				turn.error(overloaded(this.properties.queue() + " executions wait already for a session"));
				return;
			}
			Waiting mine = new Waiting(execution, turn);
			turn.onDispose(() -> leave(mine));
			if (first) {
				this.queue.addFirst(mine);
			}
			else {
				this.queue.addLast(mine);
				look();
			}
		});
	}

	private void leave(Waiting mine) {
		if (this.queue.remove(mine)) {
			this.waiting.decrementAndGet();
		}
	}

	/** One at a time; who comes meanwhile has it done once more. */
	private void look() {
		if (this.waiting.get() == 0 || this.looks.getAndIncrement() != 0) {
			return;
		}
		int seen = 1;
		while (seen != 0) {
			letIn();
			seen = this.looks.addAndGet(-seen);
		}
	}

	private void letIn() {
		int misfits = 0;
		for (Iterator<Waiting> all = this.queue.iterator(); all.hasNext() && misfits < PASSED_OVER;) {
			Waiting one = all.next();
			if (!this.capacity.hasRoomFor(one.execution())) {
				misfits++;
			}
			else if (this.queue.remove(one)) {
				this.waiting.decrementAndGet();
				one.turn().success();
			}
		}
	}

	private ExecutionFailure tooLong() {
		return overloaded("no session came free within " + this.properties.maxWait().toMillis() + " ms");
	}

	private static ExecutionFailure overloaded(String why) {
		return ExecutionFailure
			.passing(FailureCode.OVERLOADED,
					"There is more to run than the pools can take: " + why
							+ ". Send it again later, or raise the pools' maximum of sessions")
			.retryAfter(Duration.ofSeconds(5));
	}

}
