package dev.sluice.api;

import java.util.function.Supplier;

import dev.sluice.execution.ExecutionFailure;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * An answer's bytes on their way, which can be broken off from outside: first they stop,
 * and then it is told why.
 */
final class Reading implements CoreSubscriber<DataBuffer>, Subscription {

	private final CoreSubscriber<? super DataBuffer> reader;

	private final Supplier<ExecutionFailure> why;

	private volatile @Nullable Subscription bytes;

	private volatile boolean over;

	private volatile boolean broken;

	/** Whether the reader may be told something. */
	private volatile boolean subscribed;

	/**
	 * Makes it.
	 * @param reader who reads the answer
	 * @param why says why it was broken off
	 */
	Reading(CoreSubscriber<? super DataBuffer> reader, Supplier<ExecutionFailure> why) {
		this.reader = reader;
		this.why = why;
	}

	@Override
	public Context currentContext() {
		return this.reader.currentContext();
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		this.bytes = subscription;
		this.reader.onSubscribe(this);
		this.subscribed = true;
		tell();
		if (this.over) {
			subscription.cancel();
		}
	}

	@Override
	public void onNext(DataBuffer buffer) {
		if (!pass(buffer)) {
			DataBufferUtils.release(buffer);
		}
	}

	/** Whoever breaks it off may do so while a buffer, or its end, is coming. */
	private synchronized boolean pass(DataBuffer buffer) {
		if (this.over) {
			return false;
		}
		this.reader.onNext(buffer);
		return true;
	}

	@Override
	public synchronized void onError(Throwable error) {
		if (!this.over) {
			this.over = true;
			this.reader.onError(error);
		}
	}

	@Override
	public synchronized void onComplete() {
		if (!this.over) {
			this.over = true;
			this.reader.onComplete();
		}
	}

	@Override
	public void request(long n) {
		Subscription subscription = this.bytes;
		if (subscription != null) {
			subscription.request(n);
		}
	}

	@Override
	public void cancel() {
		this.over = true;
		Subscription subscription = this.bytes;
		if (subscription != null) {
			subscription.cancel();
		}
	}

	/** Breaks it off, unless it is at its end. */
	void stop() {
		synchronized (this) {
			if (this.over) {
				return;
			}
			this.over = true;
			this.broken = true;
		}
		cancel();
	}

	/** Tells the reader that it was broken off, where it was and does not know yet. */
	synchronized void tell() {
		if (this.broken && this.subscribed) {
			this.broken = false;
			this.reader.onError(this.why.get());
		}
	}

}
