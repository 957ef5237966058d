package dev.sluice.http;

import java.nio.ByteBuffer;
import java.util.OptionalLong;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

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

	private Bodies() {
	}

	/**
	 * Reads a request's body.
	 * @param request the request
	 * @param most how large it may be
	 * @return its bytes, empty where it has none; an {@link ExecutionFailure} with
	 * {@link FailureCode#BODY_TOO_LARGE} where it is larger, before it is read if its
	 * length was announced
	 */
	public static Mono<ByteBuffer> read(ServerRequest request, DataSize most) {
		OptionalLong length = request.headers().contentLength();
		if (length.isPresent() && length.getAsLong() > most.toBytes()) {
			return Mono.error(tooLarge(most));
		}
		ServerHttpRequest http = request.exchange().getRequest();
		return join(http.getBody(), most).map(ByteBuffer::wrap)
			.onErrorMap(DataBufferLimitException.class, (ex) -> tooLarge(most));
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

	private static ExecutionFailure tooLarge(DataSize most) {
		return ExecutionFailure.refused(FailureCode.BODY_TOO_LARGE,
				"The request body is larger than the limit of " + most.toBytes() + " bytes");
	}

}
