package dev.sluice.http;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * Buffers on their way to a connection that takes each as a publisher of its own: what a
 * client that leaves has not been sent by then is released, which nobody else would do.
 */
final class Unwritten {

	private final Set<DataBuffer> waiting = Collections.newSetFromMap(new IdentityHashMap<>());

	private boolean over;

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
		return Mono.defer(() -> take(buffer) ? Mono.just(buffer) : Mono.empty());
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
