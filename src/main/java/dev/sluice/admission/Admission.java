package dev.sluice.admission;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Capacity;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Lets executions in while there is room for them, and a permit; the others wait in a
 * bounded queue, for a bounded time. Clients take turns, so that one that floods delays
 * no other.
 */
public final class Admission implements Executor, AutoCloseable {

	/**
	 * What became of an execution. Those of the first three were let in.
	 */
	public enum Outcome {

		/** Its answer was read to its end. */
		COMPLETED,

		/** It had no answer, or only a part of it. */
		FAILED,

		/** Its client left while it was inside, or before it had read the answer. */
		CANCELLED,

		/** It was never let in. */
		REFUSED,

		/** Its client left while it waited. */
		LEFT

	}

	/** Room also comes with time, such as when a pool is tried again. */
	private static final Duration LOOKS_EVERY = Duration.ofMillis(100);

	private static final Logger logger = LoggerFactory.getLogger(Admission.class);

	private final Capacity capacity;

	private final AdmissionProperties properties;

	private final WaitingRoom waiting;

	private final AtomicInteger inFlight = new AtomicInteger();

	private final Tally tally = new Tally();

	private final AtomicInteger looks = new AtomicInteger();

	private final Disposable clock;

	Admission(Capacity capacity, AdmissionProperties properties) {
		this.capacity = capacity;
		this.properties = properties;
		this.waiting = new WaitingRoom(properties);
		capacity.onRoom(this::look);
		long every = LOOKS_EVERY.toMillis();
		this.clock = Schedulers.parallel().schedulePeriodically(this::look, every, every, TimeUnit.MILLISECONDS);
	}

	/**
	 * Runs an execution once there is room for it. A cancel takes it out of the queue.
	 * Its permit is the answer's, until the answer's end.
	 */
	@Override
	public Mono<Answer> execute(Execution execution) {
		return new Mono<>() {

			@Override
			public void subscribe(CoreSubscriber<? super Answer> client) {
				client.onSubscribe(visit(execution, client));
			}

		};
	}

	/**
	 * How many executions wait now.
	 * @return the number
	 */
	public int waiting() {
		return this.waiting.size();
	}

	/**
	 * How many executions are inside now, each until its answer's end.
	 * @return the number
	 */
	public int inFlight() {
		return this.inFlight.get();
	}

	/**
	 * How many executions were ever let in. Once none is inside, and none waits that was,
	 * these are as many as have completed, failed, and were cancelled.
	 * @return the number
	 */
	public long admitted() {
		return this.tally.sum();
	}

	/**
	 * How many executions ever ended in a way.
	 * @param outcome the way
	 * @return the number
	 */
	public long ended(Outcome outcome) {
		return this.tally.sum(outcome);
	}

	@Override
	public void close() {
		this.clock.dispose();
	}

	Tally tally() {
		return this.tally;
	}

	/** One that has just come goes straight in, where it overtakes nobody. */
	void receive(Visit visit) {
		if (isFreeFor(visit) && tryPermit()) {
			if (!visit.enter(null)) {
				release();
			}
			return;
		}
		ExecutionFailure refusal = this.waiting.add(visit);
		if (refusal != null) {
			visit.refuse(refusal);
			return;
		}
		visit.setAlarm();
		lookFor(visit);
	}

	/** Whether one that found no room after all may wait on. */
	boolean takesBack() {
		return this.properties.queue() > 0;
	}

	/**
	 * It is tried again as soon as there may be room: at once only the first time, as
	 * room may have come while it did not wait.
	 */
	void takeBack(Visit visit, boolean first) {
		this.waiting.addFirst(visit);
		visit.setAlarm();
		release();
		if (first) {
			lookFor(visit);
		}
	}

	void leave(Visit visit) {
		this.waiting.remove(visit);
	}

	/** Somebody who is no longer inside has given his permit back. */
	void release() {
		if (this.inFlight.getAndDecrement() == this.properties.maxInFlight()) {
			look();
		}
	}

	private Visit visit(Execution execution, CoreSubscriber<? super Answer> client) {
		return new Visit(this, execution, this.capacity.candidate(execution), this.properties.maxWait(), client);
	}

	private boolean isFreeFor(Visit visit) {
		return (this.waiting.size() == 0 || !this.waiting.isBefore(visit)) && visit.candidate().hasRoom();
	}

	private boolean tryPermit() {
		int before = this.inFlight.get();
		while (before < this.properties.maxInFlight()) {
			if (this.inFlight.compareAndSet(before, before + 1)) {
				return true;
			}
			before = this.inFlight.get();
		}
		return false;
	}

	/** Whoever found none meanwhile waits, and has somebody look again. */
	private void giveUp() {
		this.inFlight.decrementAndGet();
	}

	/** Room may have come before it waited; where there is none, nobody else has some. */
	private void lookFor(Visit visit) {
		boolean room;
		try {
			room = visit.candidate().hasRoom();
		}
		catch (Throwable ex) {
			logger.error("An execution could not be asked for room by a fault of ours", ex);
			return;
		}
		if (room) {
			look();
		}
	}

	/** One at a time; who comes meanwhile has it done once more. */
	private void look() {
		if (this.waiting.size() == 0 || this.looks.getAndIncrement() != 0) {
			return;
		}
		int seen = 1;
		while (seen != 0) {
			try {
				letIn();
			}
			catch (Throwable ex) {
				logger.error("The queue could not be looked through by a fault of ours", ex);
			}
			seen = this.looks.addAndGet(-seen);
		}
	}

	private void letIn() {
		Look look = new Look();
		while (this.waiting.size() > 0 && tryPermit()) {
			@Nullable Visit next = null;
			try {
				next = this.waiting.next(look);
			}
			finally {
				if (next == null) {
					giveUp();
				}
			}
			if (next == null) {
				return;
			}
			if (!next.enter(look)) {
				giveUp();
			}
		}
	}

}
