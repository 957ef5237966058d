package dev.sluice.pool;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.http.Reservation;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

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
