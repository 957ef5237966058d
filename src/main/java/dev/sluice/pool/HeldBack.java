package dev.sluice.pool;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

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

	/**
	 * Holds a body back.
	 * @param body the body, of one subscriber
	 * @param bound how much of it is held
	 * @param sound looks at a body that was held whole
	 * @param unsound the failure where that is not sound, or the body is empty
	 * @return the body
	 */
	static Flux<DataBuffer> of(Flux<DataBuffer> body, DataSize bound, Predicate<byte[]> sound,
			Supplier<RuntimeException> unsound) {
		return Flux.defer(() -> body.bufferUntil(pastThe(bound.toBytes())))
			.switchOnFirst((first, all) -> isUnsound(first.get(), bound, sound)
					? all.doOnNext(HeldBack::release).then(Mono.<List<DataBuffer>>error(unsound)).flux() : all)
			.switchIfEmpty(Flux.error(unsound))
			.concatMapIterable((List<DataBuffer> held) -> held, 1)
			.doOnDiscard(DataBuffer.class, DataBufferUtils::release);
	}

	private static boolean isUnsound(@Nullable List<DataBuffer> held, DataSize bound, Predicate<byte[]> sound) {
		return held != null && size(held) <= bound.toBytes() && !sound.test(bytes(held));
	}

	private static Predicate<DataBuffer> pastThe(long bound) {
		long[] seen = new long[1];
		return (buffer) -> {
			seen[0] += buffer.readableByteCount();
			return seen[0] > bound;
		};
	}

	private static long size(List<DataBuffer> held) {
		return held.stream().mapToLong(DataBuffer::readableByteCount).sum();
	}

	private static byte[] bytes(List<DataBuffer> held) {
		ByteBuffer whole = ByteBuffer.allocate((int) size(held));
		for (DataBuffer buffer : held) {
			try (DataBuffer.ByteBufferIterator parts = buffer.readableByteBuffers()) {
				parts.forEachRemaining(whole::put);
			}
		}
		return whole.array();
	}

	private static void release(List<DataBuffer> held) {
		held.forEach(DataBufferUtils::release);
	}

}
