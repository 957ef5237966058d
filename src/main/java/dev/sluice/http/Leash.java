package dev.sluice.http;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * A body on its way to a connection, which can be ended from outside: a write that fails
 * does not cancel what it was to write. What comes after its end is released.
 */
final class Leash extends Flux<DataBuffer> implements CoreSubscriber<DataBuffer>, Subscription {

	private final Flux<DataBuffer> body;

	private @Nullable CoreSubscriber<? super DataBuffer> connection;

	private volatile @Nullable Subscription source;

	private volatile boolean over;

	/**
	 * Makes it.
	 * @param body the body, for one subscriber
	 */
	Leash(Flux<DataBuffer> body) {
		this.body = body;
	}

	@Override
	public void subscribe(CoreSubscriber<? super DataBuffer> actual) {
		this.connection = actual;
		this.body.subscribe(this);
	}

	@Override
	public Context currentContext() {
		return connection().currentContext();
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		this.source = subscription;
		connection().onSubscribe(this);
	}

	@Override
	public void onNext(DataBuffer buffer) {
		if (this.over) {
			DataBufferUtils.release(buffer);
		}
		else {
			connection().onNext(buffer);
		}
	}

	@Override
	public void onError(Throwable error) {
		if (!this.over) {
			this.over = true;
			connection().onError(error);
		}
	}

	@Override
	public void onComplete() {
		if (!this.over) {
			this.over = true;
			connection().onComplete();
		}
	}

	@Override
	public void request(long n) {
		Subscription subscription = this.source;
		if (subscription != null) {
			subscription.request(n);
		}
	}

	/** Ends the body; does nothing where it has ended, or was never read. */
	@Override
	public void cancel() {
		Subscription subscription = this.source;
		if (!this.over && subscription != null) {
			this.over = true;
			subscription.cancel();
		}
	}

	private CoreSubscriber<? super DataBuffer> connection() {
		CoreSubscriber<? super DataBuffer> reader = this.connection;
		if (reader == null) {
			throw new IllegalStateException("Nobody reads it");
		}
		return reader;
	}

}
