package dev.sluice.admission;

import java.time.Duration;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Candidate;
import dev.sluice.execution.Capacity;
import dev.sluice.execution.Deadline;
import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Terms;
import dev.sluice.execution.Timeline.Leg;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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

	private static final Logger logger = LoggerFactory.getLogger(Admission.class);

	/**
	 * An execution from its coming until it is let in for good.
	 *
	 * @param execution the execution
	 * @param candidate its way in
	 * @param until until when it waits for room
	 */
	private record Guest(Execution execution, Candidate candidate, Deadline until) {
	}

	private record Waiting(Guest guest, Kind kind, MonoSink<Void> turn) {
	}

	/** Executions that the same sessions would do for. */
	private record Kind(String language, String version, boolean named, @Nullable String client,
			@Nullable String session, Set<String> refusedBy) {

		static Kind of(Guest guest) {
			Execution execution = guest.execution();
			Terms terms = execution.terms();
			return new Kind(execution.language(), execution.version(), terms.mustBeFoundAgain(), terms.client(),
					terms.session(), guest.candidate().refusedBy());
		}

	}

	private final Capacity capacity;

	private final AdmissionProperties properties;

	private final Deque<Waiting> queue = new ConcurrentLinkedDeque<>();

	private final AtomicInteger waiting = new AtomicInteger();

	private final AtomicInteger looks = new AtomicInteger();

	private final Disposable clock;

	Admission(Capacity capacity, AdmissionProperties properties) {
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
			Deadline deadline = execution.terms().deadline();
			Deadline until = deadline.allows(this.properties.maxWait()) ? Deadline.in(this.properties.maxWait())
					: deadline;
			execution.timeline().enter(Leg.ADMISSION);
			Guest guest = new Guest(execution, this.capacity.candidate(execution), until);
			boolean free = this.waiting.get() == 0 && guest.candidate().hasRoom();
			return free ? run(guest, null) : queued(guest, null);
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
	private Mono<Answer> run(Guest guest, @Nullable ExecutionFailure before) {
		return Mono.defer(() -> {
			guest.execution().timeline().leave();
			return guest.candidate().enter();
		})
			.onErrorResume((error) -> error instanceof ExecutionFailure failure
					&& failure.code() == FailureCode.POOL_FULL && failure.executed() == Executed.NO, (error) -> {
						ExecutionFailure refused = telling(before, (ExecutionFailure) error);
						return guest.until().left().isZero() ? Mono.error(refused) : queued(guest, refused);
					});
	}

	/** A pool that has refused tells more than one that could not even be asked. */
	private static ExecutionFailure telling(@Nullable ExecutionFailure before, ExecutionFailure now) {
		return (before == null || now.pool() != null) ? now : before.afterAttempts(now.attempts());
	}

	private Mono<Answer> queued(Guest guest, @Nullable ExecutionFailure refused) {
		guest.execution().timeline().enter(Leg.ADMISSION);
		return turn(guest, refused != null)
			.timeout(guest.until().left(), Mono.error(() -> (refused != null) ? refused : tooLong(guest.execution())))
			.then(Mono.defer(() -> run(guest, refused)));
	}

	private Mono<Void> turn(Guest guest, boolean first) {
		return Mono.create((turn) -> {
			if (this.waiting.incrementAndGet() > this.properties.queue()) {
				this.waiting.decrementAndGet();
				turn.error(overloaded(this.properties.queue() + " executions wait already for a session"));
				return;
			}
			Waiting mine = new Waiting(guest, Kind.of(guest), turn);
			if (first) {
				this.queue.addFirst(mine);
			}
			else {
				this.queue.addLast(mine);
			}
			// Not before: who has left by now is taken out at once.
			turn.onDispose(() -> leave(mine));
			if (!first) {
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
			try {
				letIn();
			}
			catch (RuntimeException ex) {
				logger.error("The queue could not be looked through by a fault of ours", ex);
			}
			seen = this.looks.addAndGet(-seen);
		}
	}

	private void letIn() {
		Set<Kind> misfits = new HashSet<>();
		for (Iterator<Waiting> all = this.queue.iterator(); all.hasNext();) {
			Waiting one = all.next();
			if (misfits.contains(one.kind())) {
				continue;
			}
			if (!one.guest().candidate().hasRoom()) {
				misfits.add(one.kind());
			}
			else if (this.queue.remove(one)) {
				this.waiting.decrementAndGet();
				one.turn().success();
			}
		}
	}

	private ExecutionFailure tooLong(Execution execution) {
		if (execution.terms().deadline().left().isZero()) {
			return ExecutionFailure.passing(FailureCode.DEADLINE_EXCEEDED,
					"No session came free before the execution's deadline: give it more time, or send it again later");
		}
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
