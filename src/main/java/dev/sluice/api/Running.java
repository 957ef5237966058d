package dev.sluice.api;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Drain;
import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Pass;
import dev.sluice.execution.Timeline;
import dev.sluice.execution.Timeline.Leg;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * One execution, from its being let in until its answer's last byte has left. However it
 * ends, its client's pass is given back then, and who waits for it before the process
 * ends hears of it. Where that one has no more time it is ended from outside.
 */
final class Running implements CoreSubscriber<Answer>, Subscription, Drain.Work {

	private enum State {

		/** Its answer has not come. */
		WAITING,

		/** Its answer has come, and may be being read. */
		ANSWERED,

		/** It was ended from outside before its answer came, which is not told yet. */
		STOPPED,

		/** There is nothing more to tell. */
		OVER

	}

	private final CoreSubscriber<? super Answer> actual;

	private final Drain drain;

	private final String id;

	private final Timeline timeline;

	private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

	private volatile @Nullable Pass pass;

	private volatile @Nullable Subscription source;

	private volatile @Nullable Answer answer;

	private volatile @Nullable Reading reading;

	private volatile boolean stopped;

	/** Whether its client may be told something. */
	private volatile boolean subscribed;

	private Running(CoreSubscriber<? super Answer> actual, Drain drain, String id, Timeline timeline) {
		this.actual = actual;
		this.drain = drain;
		this.id = id;
		this.timeline = timeline;
	}

	/**
	 * Lets an execution in.
	 * @param drain refuses it where the process is to end, and waits for it otherwise
	 * @param gate refuses it where its client has too much already
	 * @param id its id
	 * @param timeline tells whether it has been sent
	 * @param execution what is to run
	 * @return the answer, which is to be {@linkplain Answer#done() done} with; an
	 * {@link ExecutionFailure} where it is refused, fails, or is ended
	 */
	static Mono<Answer> of(Drain drain, Supplier<Pass> gate, String id, Timeline timeline, Mono<Answer> execution) {
		return new Mono<>() {

			@Override
			public void subscribe(CoreSubscriber<? super Answer> actual) {
				Running running = new Running(actual, drain, id, timeline);
				if (!drain.tryEnter(running)) {
					Operators.error(actual, Drain.refusal().tracedBy(id));
					return;
				}
				try {
					running.pass = gate.get();
				}
				catch (RuntimeException refused) {
					drain.leave(running);
					Operators.error(actual, refused);
					return;
				}
				execution.subscribe(running);
			}

		};
	}

	@Override
	public Context currentContext() {
		return this.actual.currentContext();
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		this.source = subscription;
		this.actual.onSubscribe(this);
		this.subscribed = true;
		if (this.stopped) {
			subscription.cancel();
			tell();
		}
	}

	@Override
	public void request(long n) {
		Subscription subscription = this.source;
		if (subscription != null) {
			subscription.request(n);
		}
	}

	@Override
	public void onNext(Answer arrived) {
		this.answer = arrived;
		if (!this.state.compareAndSet(State.WAITING, State.ANSWERED)) {
			arrived.discard();
			return;
		}
		this.actual.onNext(arrived.handedOn(reading(arrived), this::discard, this::leave));
	}

	@Override
	public void onError(Throwable error) {
		if (this.state.compareAndSet(State.WAITING, State.OVER)) {
			leave();
			this.actual.onError(error);
		}
	}

	@Override
	public void onComplete() {
		if (this.state.compareAndSet(State.WAITING, State.OVER)) {
			leave();
			this.actual.onComplete();
		}
		else if (this.answer != null && this.state.get() == State.ANSWERED) {
			this.actual.onComplete();
		}
	}

	/** Its client has left; who drops the answer meanwhile tells nobody. */
	@Override
	public void cancel() {
		cancelSource();
		if (this.state.compareAndSet(State.WAITING, State.OVER)
				|| this.state.compareAndSet(State.STOPPED, State.OVER)) {
			leave();
		}
		else if (this.state.get() == State.ANSWERED && this.reading == null) {
			discard();
		}
	}

	@Override
	public void drain() {
		// It may finish.
	}

	@Override
	public boolean waits() {
		return !sent();
	}

	@Override
	public void stop() {
		this.stopped = true;
		if (this.state.compareAndSet(State.WAITING, State.STOPPED)) {
			cancelSource();
			return;
		}
		Reading mine = this.reading;
		if (mine != null) {
			mine.stop();
		}
	}

	@Override
	public void tell() {
		if (this.subscribed && this.state.compareAndSet(State.STOPPED, State.OVER)) {
			leave();
			this.actual.onError(failure());
			return;
		}
		Reading mine = this.reading;
		if (mine != null) {
			mine.tell();
		}
	}

	private Flux<DataBuffer> reading(Answer arrived) {
		return new Flux<>() {

			@Override
			public void subscribe(CoreSubscriber<? super DataBuffer> reader) {
				Reading begun = new Reading(reader, Running.this::failure);
				Running.this.reading = begun;
				if (Running.this.stopped) {
					begun.stop();
				}
				arrived.body().subscribe(begun);
			}

		};
	}

	private ExecutionFailure failure() {
		return Drain.ended(sent() ? Executed.UNKNOWN : Executed.NO).tracedBy(this.id);
	}

	/** Who waits for his turn again was refused by a pool, and runs nowhere. */
	private boolean sent() {
		return this.answer != null || this.timeline.sent() > 0 && this.timeline.leg() != Leg.ADMISSION;
	}

	private void discard() {
		Answer unread = this.answer;
		if (unread != null) {
			unread.discard();
		}
		leave();
	}

	private void leave() {
		Pass mine = this.pass;
		if (mine != null) {
			mine.giveBack();
		}
		this.drain.leave(this);
	}

	private void cancelSource() {
		Subscription subscription = this.source;
		if (subscription != null) {
			subscription.cancel();
		}
	}

}
