package dev.sluice.api;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import dev.sluice.execution.Report;
import dev.sluice.execution.Answer;
import dev.sluice.execution.Delivery;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Ids;
import dev.sluice.execution.Observer;
import dev.sluice.execution.Outcome;
import dev.sluice.execution.Timeline;
import dev.sluice.execution.Trace;
import org.jspecify.annotations.Nullable;
import reactor.core.observability.DefaultSignalListener;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Watches one execution from its coming to its end, whichever that is, and tells an
 * observer of it once.
 */
final class Watch {

	private final Observer observer;

	private final String id;

	private final Timeline timeline = new Timeline();

	private final Trace trace;

	private final Delivery delivery;

	private final AtomicBoolean ended = new AtomicBoolean();

	private volatile @Nullable String client;

	private volatile @Nullable String language;

	private volatile long received;

	/** One signal at a time, as its body is. */
	private long sent;

	private Watch(Observer observer, String id, Trace trace, Delivery delivery) {
		this.observer = observer;
		this.id = id;
		this.trace = trace;
		this.delivery = delivery;
	}

	/**
	 * A watch over a new execution, whose time begins.
	 * @param observer is told of it
	 * @param brought the trace that its client has begun; null where there is none
	 * @param delivery how its answer is to come
	 * @return the watch
	 */
	static Watch on(Observer observer, @Nullable Trace brought, Delivery delivery) {
		String id = Ids.next();
		return new Watch(observer, id, (brought != null) ? brought : Trace.begun(id, observer.records(id)), delivery);
	}

	String id() {
		return this.id;
	}

	Timeline timeline() {
		return this.timeline;
	}

	Trace trace() {
		return this.trace;
	}

	Delivery delivery() {
		return this.delivery;
	}

	/**
	 * It is known who asks.
	 * @param name what the client is called; null where nobody knows
	 */
	void isFor(@Nullable String name) {
		this.client = name;
	}

	/**
	 * It is known what is asked for.
	 * @param name the language as the client names it
	 * @param bytes how long the request is
	 */
	void asks(String name, long bytes) {
		this.language = name;
		this.received = bytes;
	}

	/**
	 * Watches.
	 * @param execution the execution
	 * @return the same, with an answer that is watched to its end
	 */
	Mono<Answer> over(Supplier<Mono<Answer>> execution) {
		return Mono.defer(() -> {
			this.observer.began();
			return execution.get();
		}).map(this::watched).tap(() -> new Ends());
	}

	/**
	 * It ends before it has begun.
	 * @param error why
	 */
	void refused(Throwable error) {
		this.observer.began();
		failed(error);
	}

	private Answer watched(Answer answer) {
		return answer.watchedBy(() -> new Sent(), this::left);
	}

	private void failed(Throwable error) {
		if (error instanceof ExecutionFailure failure) {
			end(Outcome.of(failure), failure.code());
		}
		else if (DisconnectedClientHelper.isClientDisconnectedException(error)) {
			left();
		}
		else if (error instanceof ResponseStatusException unreadable && unreadable.getStatusCode().is4xxClientError()) {
			end(Outcome.REFUSED, FailureCode.INVALID_REQUEST);
		}
		else {
			end(Outcome.FAILED, FailureCode.INTERNAL);
		}
	}

	private void left() {
		end(Outcome.CANCELLED, null);
	}

	private void end(Outcome outcome, @Nullable FailureCode code) {
		if (this.ended.compareAndSet(false, true)) {
			this.timeline.leave();
			this.observer.ended(new Report(this.id, this.trace, this.delivery, this.client, this.language, outcome,
					code, this.timeline, this.received, this.sent));
		}
	}

	/** The ends that come without a verdict. */
	private final class Ends extends DefaultSignalListener<Answer> {

		@Override
		public void doOnError(Throwable error) {
			failed(error);
		}

		@Override
		public void doOnCancel() {
			left();
		}

	}

	private final class Sent extends Answer.Watcher {

		@Override
		public void doOnNext(DataBuffer buffer) {
			Watch.this.sent += buffer.readableByteCount();
		}

		@Override
		public void doOnComplete() {
			// Events may tell of a failure as their last one.
			FailureCode told = Watch.this.timeline.failure();
			end((told == null) ? Outcome.VERDICT : Outcome.FAILED, told);
		}

		@Override
		public void doOnError(Throwable error) {
			failed(error);
		}

		@Override
		public void doOnCancel() {
			left();
		}

	}

}
