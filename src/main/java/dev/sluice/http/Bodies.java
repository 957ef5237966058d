package dev.sluice.http;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * Reads whole bodies of bounded size.
 */
public final class Bodies {

	/** Up to here a body is read in about a millisecond. */
	private static final int SMALL = 256 * 1024;

	private Bodies() {
	}

	/**
	 * Reads a request's body.
	 * @param request the request
	 * @param bounds how large it may be, and how long it may take
	 * @return its bytes, empty where it has none; an {@link ExecutionFailure} with
	 * {@link FailureCode#BODY_TOO_LARGE} where it is larger, before it is read if its
	 * length was announced, or with {@link FailureCode#BODY_TIMEOUT} where it takes
	 * longer
	 */
	public static Mono<ByteBuffer> read(ServerRequest request, HttpProperties bounds) {
		DataSize most = bounds.maxBody();
		OptionalLong length = request.headers().contentLength();
		if (length.isPresent() && length.getAsLong() > most.toBytes()) {
			return Mono.error(tooLarge(most));
		}
		ServerHttpRequest http = request.exchange().getRequest();
		return join(http.getBody(), most).timeout(bounds.bodyTimeout())
			.map(ByteBuffer::wrap)
			.onErrorMap(DataBufferLimitException.class, (ex) -> tooLarge(most))
			.onErrorMap(TimeoutException.class, (ex) -> tooSlow(bounds.bodyTimeout()));
	}

	/**
	 * Does what takes a time that grows with a body; a large one keeps no event loop
	 * busy.
	 * @param <T> what comes of it
	 * @param body the body
	 * @param work what to do with it
	 * @return what came of it, or its failure
	 */
	public static <T> Mono<T> process(ByteBuffer body, Function<ByteBuffer, T> work) {
		Mono<T> result = Mono.fromCallable(() -> work.apply(body));
		return (body.remaining() > SMALL) ? result.subscribeOn(Schedulers.boundedElastic()) : result;
	}

	/**
	 * Reads a body.
	 * @param body its buffers, which are released
	 * @param most how large it may be
	 * @return its bytes, empty where it has none; a {@link DataBufferLimitException}
	 * where it is larger
	 */
	public static Mono<byte[]> join(Flux<DataBuffer> body, DataSize most) {
		int limit = (int) Math.min(most.toBytes(), Integer.MAX_VALUE - 8);
		return DataBufferUtils.join(body, limit).map(Bodies::copy).defaultIfEmpty(new byte[0]);
	}

	private static byte[] copy(DataBuffer buffer) {
		byte[] bytes = new byte[buffer.readableByteCount()];
		buffer.read(bytes);
		DataBufferUtils.release(buffer);
		return bytes;
	}

	private static ExecutionFailure tooSlow(Duration bound) {
		return ExecutionFailure.refused(FailureCode.BODY_TIMEOUT,
				"The request body did not come within " + bound.toMillis() + " ms");
	}

	private static ExecutionFailure tooLarge(DataSize most) {
		return ExecutionFailure.refused(FailureCode.BODY_TOO_LARGE,
				"The request body is larger than the limit of " + most.toBytes() + " bytes");
	}

}
