package dev.sluice.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.sluice.http.Reservation;
import dev.sluice.pool.HeldBack.Rest;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * Holds a body back as its subscriber, which asks for one buffer at a time. Once the body
 * is not to be held any more, nothing but its end can come unasked.
 */
final class Holding extends BaseSubscriber<DataBuffer> {

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
