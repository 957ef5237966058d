package dev.sluice.pool;

import java.util.List;
import java.util.function.Predicate;

import reactor.core.publisher.Flux;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.util.unit.DataSize;

/**
 * Holds back the beginning of a body until the body is whole or too large to be held:
 * until then its failure reaches the subscriber before any byte did.
 */
final class HeldBack {

	private HeldBack() {
	}

	static Flux<DataBuffer> of(Flux<DataBuffer> body, DataSize bound) {
		return Flux.defer(() -> body.bufferUntil(pastThe(bound.toBytes())))
			.concatMapIterable((List<DataBuffer> held) -> held, 1)
			.doOnDiscard(DataBuffer.class, DataBufferUtils::release);
	}

	private static Predicate<DataBuffer> pastThe(long bound) {
		long[] seen = new long[1];
		return (buffer) -> {
			seen[0] += buffer.readableByteCount();
			return seen[0] > bound;
		};
	}

}
