package dev.sluice.admission;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.admission.Admission.Outcome;
import dev.sluice.execution.Answer;
import dev.sluice.execution.Candidate;
import dev.sluice.execution.Deadline;
import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Priority;
import dev.sluice.execution.Timeline.Leg;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.core.publisher.SignalType;
import reactor.util.context.Context;

/**
 * An execution from its coming until its answer's end: it waits, is inside, maybe waits
 * once more, and has its answer. A cancel ends it at each of these moments, and gives
 * back at once what it has by then: its place in the queue, or its permit, or both its
 * permit and its answer.
 */
final class Visit implements CoreSubscriber<Answer>, Subscription {

	private enum State {

		/** Nobody has asked for the answer yet. */
		COMING,

		/** It has no permit. */
		WAITING,

		/** It has a permit. */
		INSIDE,

		/** The answer was handed on, and has the permit. */
		ANSWERED,

		/** It has nothing any more. */
		OVER

	}

	private final Admission admission;

	private final Execution execution;

	private final CoreSubscriber<? super Answer> client;

	private final Candidate candidate;

	private final Deadline until;

	private final Alarm alarm;

	private final AtomicReference<State> state = new AtomicReference<>(State.COMING);

	private @Nullable Object needs;

	private boolean admitted;

	private @Nullable Look tried;

	private volatile @Nullable ExecutionFailure refused;

	private volatile @Nullable Subscription inside;

	private volatile @Nullable Answer answer;

	Visit(Admission admission, Execution execution, Candidate candidate, Duration maxWait,
			CoreSubscriber<? super Answer> client) {
		this.admission = admission;
		this.execution = execution;
		this.client = client;
		this.candidate = candidate;
		Deadline deadline = execution.terms().deadline();
		this.until = deadline.allows(maxWait) ? Deadline.in(maxWait) : deadline;
		this.alarm = new Alarm(this.until, this::late);
	}

	Candidate candidate() {
		return this.candidate;
	}

	/** Until when it waits. */
	Deadline until() {
		return this.until;
	}

	Priority priority() {
		return this.execution.terms().priority();
	}

	boolean isKnown() {
		return this.execution.terms().client() != null;
	}

	/** All whom nobody knows are one. */
	String client() {
		String name = this.execution.terms().client();
		return (name != null) ? name : "";
	}

	String session() {
		String name = this.execution.terms().session();
		return (name != null) ? name : "";
	}

	/** The same as long as it waits. */
	Object needs() {
		Object known = this.needs;
		if (known == null) {
			known = this.candidate.needs();
			this.needs = known;
		}
		return known;
	}

	boolean isWaiting() {
		return this.state.get() == State.WAITING;
	}

	/** Whether it was let in by this very look before, and refused. */
	boolean wasTriedIn(Look look) {
		return this.tried == look;
	}

	/** From now on it does not wait longer than it may. */
	void setAlarm() {
		this.alarm.set();
	}

	/**
	 * Goes in, with a permit.
	 * @param look the look that found room for it; null where it went straight in
	 * @return whether it did, or no longer waits, and leaves the permit
	 */
	boolean enter(@Nullable Look look) {
		this.tried = look;
		if (!this.state.compareAndSet(State.WAITING, State.INSIDE)) {
			return false;
		}
		if (!this.admitted) {
			this.admitted = true;
			this.admission.tally().admitted();
		}
		this.execution.timeline().leave();
		try {
			this.candidate.enter().subscribe(this);
		}
		catch (Throwable ex) {
			// An Error, too: its permit would be lost.
			onError(ex);
		}
		return true;
	}

	/**
	 * Ends, without having been let in.
	 * @param failure why
	 */
	void refuse(Throwable failure) {
		if (this.state.compareAndSet(State.WAITING, State.OVER)) {
			this.alarm.silence();
			this.admission.tally().ended(this.admitted ? Outcome.FAILED : Outcome.REFUSED);
			tell(failure);
		}
	}

	private void tell(Throwable error) {
		this.client
			.onError((error instanceof ExecutionFailure failure) ? failure.tracedBy(this.execution.id()) : error);
	}

	private void late() {
		ExecutionFailure before = this.refused;
		if (isWaiting()) {
			this.admission.leave(this);
			refuse((before != null) ? before : tooLong());
		}
	}

	private ExecutionFailure tooLong() {
		return this.execution.terms().deadline().left().isZero() ? Overload.deadline()
				: Overload.tooLong(this.until.whole());
	}

	@Override
	public Context currentContext() {
		return this.client.currentContext();
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		this.inside = subscription;
		if (this.state.get() == State.OVER) {
			subscription.cancel();
		}
		else {
			subscription.request(Long.MAX_VALUE);
		}
	}

	@Override
	public void onNext(Answer given) {
		Answer mine = given.onEnd(this::ended);
		this.answer = mine;
		if (this.state.compareAndSet(State.INSIDE, State.ANSWERED)) {
			this.alarm.silence();
			this.client.onNext(mine);
			this.client.onComplete();
		}
		else {
			mine.discard();
		}
	}

	@Override
	public void onError(Throwable error) {
		ExecutionFailure full = refusal(error);
		if (full != null && !this.until.left().isZero() && this.admission.takesBack()) {
			waitOn(full);
		}
		else if (leave(Outcome.FAILED)) {
			tell((full != null) ? full : error);
		}
	}

	/** Only after the answer, where nothing is left to do. */
	@Override
	public void onComplete() {
		if (leave(Outcome.FAILED)) {
			this.client.onComplete();
		}
	}

	@Override
	public void request(long n) {
		if (Operators.validate(n) && this.state.compareAndSet(State.COMING, State.WAITING)) {
			this.execution.timeline().enter(Leg.ADMISSION);
			try {
				this.admission.receive(this);
			}
			catch (Throwable ex) {
				refuse(ex);
			}
		}
	}

	@Override
	public void cancel() {
		State before = this.state.getAndUpdate((now) -> (now == State.ANSWERED) ? now : State.OVER);
		switch (before) {
			case WAITING -> {
				this.alarm.silence();
				this.admission.leave(this);
				this.admission.tally().ended(this.admitted ? Outcome.CANCELLED : Outcome.LEFT);
			}
			case INSIDE -> {
				this.alarm.silence();
				stop();
				this.admission.tally().ended(Outcome.CANCELLED);
				this.admission.release();
			}
			case ANSWERED -> {
				stop();
				drop();
			}
			case COMING, OVER -> {
				// It has nothing.
			}
		}
	}

	/** What the pool refused without having run it. */
	private @Nullable ExecutionFailure refusal(Throwable error) {
		boolean full = error instanceof ExecutionFailure failure && failure.code() == FailureCode.POOL_FULL
				&& failure.executed() == Executed.NO;
		return full ? telling(this.refused, (ExecutionFailure) error) : null;
	}

	/** A pool that has refused tells more than one that could not even be asked. */
	private static ExecutionFailure telling(@Nullable ExecutionFailure before, ExecutionFailure now) {
		return (before == null || now.pool() != null) ? now : before.afterAttempts(now.attempts());
	}

	private void waitOn(ExecutionFailure full) {
		boolean first = this.refused == null;
		this.refused = full;
		this.needs = null;
		this.inside = null;
		if (this.state.compareAndSet(State.INSIDE, State.WAITING)) {
			this.execution.timeline().enter(Leg.ADMISSION);
			this.admission.takeBack(this, first);
		}
	}

	private boolean leave(Outcome outcome) {
		boolean mine = this.state.compareAndSet(State.INSIDE, State.OVER);
		if (mine) {
			this.alarm.silence();
			this.admission.tally().ended(outcome);
			this.admission.release();
		}
		return mine;
	}

	private void ended(SignalType end) {
		if (this.state.compareAndSet(State.ANSWERED, State.OVER)) {
			this.admission.tally().ended(Tally.of(end));
			this.admission.release();
		}
	}

	private void stop() {
		Subscription running = this.inside;
		if (running != null) {
			running.cancel();
		}
	}

	/** An operator may have dropped it; it does nothing where somebody reads it. */
	private void drop() {
		Answer mine = this.answer;
		if (mine != null) {
			mine.discard();
		}
	}

}
