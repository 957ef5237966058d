package dev.sluice.pool;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.http.Reservation;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * The beginning of a body that was held back until the body was whole, or too large to be
 * held: until then its failure comes before any of its bytes.
 *
 * @param buffers what was held, to be released
 * @param rest what follows, for one subscriber; null where nothing does
 * @param room its part of what may be held of all answers and requests
 * @param taken whether somebody has them: who reads, or who threw them away
 */
record HeldBack(List<DataBuffer> buffers, @Nullable Rest rest, Reservation room, AtomicBoolean taken) {

	/**
	 * Holds a body back.
	 * @param body the body
	 * @param bound how many of its bytes are held
	 * @param room where they are counted; where there is no room they are handed on
	 * earlier
	 * @return what was held; a failure of the body until then; a cancel ends the body
	 */
	static Mono<HeldBack> of(Flux<DataBuffer> body, long bound, Reservation room) {
		return Mono.defer(() -> {
			AtomicBoolean taken = new AtomicBoolean();
			return Mono.<HeldBack>create((sink) -> {
				Holding holding = new Holding(sink, bound, room, taken);
				sink.onCancel(holding::leave);
				body.subscribe(holding);
			}).doOnNext((held) -> taken.set(true));
		});
	}

	boolean isWhole() {
		return this.rest == null;
	}

	/** How many bytes were held. */
	int size() {
		int size = 0;
		for (DataBuffer buffer : this.buffers) {
			size += buffer.readableByteCount();
		}
		return size;
	}

	/** The bytes that were held, as a copy. */
	byte[] bytes() {
		ByteBuffer whole = ByteBuffer.allocate(size());
		for (DataBuffer buffer : this.buffers) {
			try (DataBuffer.ByteBufferIterator parts = buffer.readableByteBuffers()) {
				parts.forEachRemaining(whole::put);
			}
		}
		return whole.array();
	}

	/** All of the body, for one subscriber; nothing once it was discarded. */
	Flux<DataBuffer> body() {
		return Flux.defer(() -> this.taken.compareAndSet(false, true) ? reading() : Flux.empty());
	}

	/**
	 * All of a whole body in one buffer, to be released; null once it was taken. It is
	 * held until it is {@link #written}.
	 */
	@Nullable DataBuffer join() {
		if (!this.taken.compareAndSet(false, true)) {
			return null;
		}
		DataBuffer first = this.buffers.getFirst();
		return (this.buffers.size() == 1) ? first : first.factory().join(this.buffers);
	}

	/** What was taken in one buffer has left, or never will. May be called again. */
	void written() {
		this.room.release();
	}

	private Flux<DataBuffer> reading() {
		Flux<DataBuffer> held = Flux.fromIterable(this.buffers);
		Rest following = this.rest;
		// Who leaves within what was held has not yet subscribed to what follows.
		Flux<DataBuffer> all = (following != null) ? held.concatWith(Flux.defer(() -> {
			this.room.release();
			return following;
		})).doOnCancel(following::cancel) : held;
		return all.doOnDiscard(DataBuffer.class, DataBufferUtils::release).doFinally((signal) -> this.room.release());
	}

	/** Lets go of what was held, and ends the body; does nothing where it is read. */
	void discard() {
		if (!this.taken.compareAndSet(false, true)) {
			return;
		}
		this.room.release();
		this.buffers.forEach(DataBufferUtils::release);
		if (this.rest != null) {
			this.rest.cancel();
		}
	}

	/**
	 * Subscribes to the body, and asks for one buffer at a time. Once it is not to be
	 * held any more, nothing but its end can come unasked.
	 */
	static final class Holding extends BaseSubscriber<DataBuffer> {

		private final MonoSink<HeldBack> sink;

		private final long bound;

		private final Reservation room;

		/** Whether what was emitted has come to somebody. */
		private final AtomicBoolean taken;

		private final List<DataBuffer> buffers = new ArrayList<>(4);

		private @Nullable HeldBack emitted;

		private boolean left;

		private long size;

		private boolean full;

		private boolean released;

		private volatile @Nullable Rest rest;

		Holding(MonoSink<HeldBack> sink, long bound, Reservation room, AtomicBoolean taken) {
			this.sink = sink;
			this.bound = bound;
			this.room = room;
			this.taken = taken;
		}

		/** Nobody waits for it any more. */
		void leave() {
			cancel();
			synchronized (this) {
				this.left = true;
				discardUntaken();
			}
		}

		@Override
		public Context currentContext() {
			return Context.of(this.sink.contextView());
		}

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			request(1);
		}

		@Override
		protected void hookOnNext(DataBuffer buffer) {
			Rest streaming = this.rest;
			if (streaming != null) {
				streaming.next(buffer);
				return;
			}
			if (!hold(buffer)) {
				DataBufferUtils.release(buffer);
			}
			else if (this.size <= this.bound && !this.full) {
				request(1);
			}
			else {
				Rest following = new Rest(this);
				this.rest = following;
				emit(following);
			}
		}

		@Override
		protected void hookOnComplete() {
			Rest streaming = this.rest;
			if (streaming != null) {
				streaming.end(null);
			}
			else {
				emit(null);
			}
		}

		@Override
		protected void hookOnError(Throwable error) {
			Rest streaming = this.rest;
			if (streaming != null) {
				streaming.end(error);
			}
			else {
				release();
				this.sink.error(error);
			}
		}

		@Override
		protected void hookOnCancel() {
			release();
		}

		private synchronized boolean hold(DataBuffer buffer) {
			if (this.released) {
				return false;
			}
			this.buffers.add(buffer);
			this.size += buffer.readableByteCount();
			this.full = !this.room.tryGrow(buffer.readableByteCount());
			return true;
		}

		/** Does nothing where they have been handed on. */
		private synchronized void release() {
			if (!this.released) {
				this.released = true;
				this.room.release();
				this.buffers.forEach(DataBufferUtils::release);
			}
		}

		/** A sink that was cancelled drops what it gets, and does not discard it. */
		private void emit(@Nullable Rest following) {
			synchronized (this) {
				if (this.released) {
					return;
				}
				this.released = true;
			}
			HeldBack held = new HeldBack(this.buffers, following, this.room, new AtomicBoolean());
			this.sink.success(held);
			synchronized (this) {
				this.emitted = held;
				discardUntaken();
			}
		}

		private void discardUntaken() {
			HeldBack held = this.emitted;
			if (held != null && this.left && this.taken.compareAndSet(false, true)) {
				held.discard();
			}
		}

	}

	/** What follows the bytes that were held. */
	static final class Rest extends Flux<DataBuffer> implements Subscription {

		private enum State {

			ALONE, READ, OVER

		}

		private final Holding source;

		private final AtomicReference<State> state = new AtomicReference<>(State.ALONE);

		private volatile @Nullable CoreSubscriber<? super DataBuffer> reader;

		private volatile @Nullable Throwable error;

		Rest(Holding source) {
			this.source = source;
		}

		@Override
		public void subscribe(CoreSubscriber<? super DataBuffer> actual) {
			this.reader = actual;
			actual.onSubscribe(this);
			if (!this.state.compareAndSet(State.ALONE, State.READ)) {
				tell(actual);
			}
		}

		@Override
		public void request(long n) {
			this.source.request(n);
		}

		@Override
		public void cancel() {
			this.source.cancel();
		}

		void next(DataBuffer buffer) {
			CoreSubscriber<? super DataBuffer> reading = this.reader;
			if (reading != null) {
				reading.onNext(buffer);
			}
			else {
				DataBufferUtils.release(buffer);
			}
		}

		/** The end may come before the reader. */
		void end(@Nullable Throwable cause) {
			this.error = cause;
			CoreSubscriber<? super DataBuffer> reading = this.reader;
			if (this.state.getAndSet(State.OVER) == State.READ && reading != null) {
				tell(reading);
			}
		}

		private void tell(CoreSubscriber<? super DataBuffer> reading) {
			Throwable cause = this.error;
			if (cause != null) {
				reading.onError(cause);
			}
			else {
				reading.onComplete();
			}
		}

	}

}
