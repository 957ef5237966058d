package dev.sluice.http;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpResponse;

/**
 * Buffers on their way to a connection that takes each as a publisher of its own: what a
 * client that leaves has not been sent by then is released, which nobody else would do.
 */
public final class Unwritten {

	private final Set<DataBuffer> waiting = Collections.newSetFromMap(new IdentityHashMap<>());

	private boolean over;

	Unwritten() {
	}

	/**
	 * Writes a body, each of whose buffers is sent at once.
	 * @param body the body
	 * @param response where to
	 * @return completes when it is written; a cancel releases what was not
	 */
	public static Mono<Void> write(Flux<DataBuffer> body, ServerHttpResponse response) {
		return Mono.defer(() -> {
			Unwritten unwritten = new Unwritten();
			return response.writeAndFlushWith(body.map(unwritten::give)).doFinally((signal) -> unwritten.release());
		});
	}

	/**
	 * A buffer for the connection.
	 * @param buffer the buffer
	 * @return gives the buffer; nothing where the connection is over by then
	 */
	synchronized Mono<DataBuffer> give(DataBuffer buffer) {
		if (this.over) {
			DataBufferUtils.release(buffer);
			return Mono.empty();
		}
		this.waiting.add(buffer);
		// Taken no sooner than it is asked for: who leaves before that would lose it.
		return Mono.fromSupplier(() -> take(buffer) ? buffer : null)
			.doOnDiscard(DataBuffer.class, DataBufferUtils::release);
	}

	/** Releases what was not taken, now and from now on. */
	synchronized void release() {
		this.over = true;
		this.waiting.forEach(DataBufferUtils::release);
		this.waiting.clear();
	}

	private synchronized boolean take(DataBuffer buffer) {
		return this.waiting.remove(buffer);
	}

}
