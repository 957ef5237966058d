package dev.sluice.http;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.io.buffer.DataBuffer;
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

	private static final int LARGEST = Integer.MAX_VALUE - 8;

	private Bodies() {
	}

	/**
	 * Reads a request's body, where nobody counts what is held.
	 * @param request the request
	 * @param bounds how large it may be, and how long it may take
	 * @return its bytes; see {@link #read(ServerRequest, HttpProperties, Reservation)}
	 */
	public static Mono<ByteBuffer> read(ServerRequest request, HttpProperties bounds) {
		return read(request, bounds, Reservation.uncounted());
	}

	/**
	 * Reads a request's body, and unpacks it where it is packed.
	 * @param request the request
	 * @param bounds how large it may be, packed and unpacked, and how long it may take
	 * @param held takes what is held of it: all of it before it is read if its length was
	 * announced, or else step by step; it is the caller's to release, whatever happens
	 * @return its bytes, empty where it has none; an {@link ExecutionFailure} with
	 * {@link FailureCode#BODY_TOO_LARGE} where it is larger, before it is read if its
	 * length was announced; with {@link FailureCode#BODY_TIMEOUT} where it takes longer;
	 * with {@link FailureCode#OVERLOADED} where there is no room to hold it
	 */
	public static Mono<ByteBuffer> read(ServerRequest request, HttpProperties bounds, Reservation held) {
		return Mono.defer(() -> {
			ContentCoding coding = ContentCoding.of(request);
			int most = (int) Math.min(bounds.maxBody().toBytes(), LARGEST);
			Mono<Gathering> body = gathering(request, new Gathering(most, held)).timeout(bounds.bodyTimeout())
				.onErrorMap(TimeoutException.class, (ex) -> tooSlow(bounds.bodyTimeout()));
			return switch (coding) {
				case IDENTITY -> body.flatMap(Bodies::whole);
				case GZIP -> body.flatMap((all) -> unpacked(all, new Gathering(most, held)));
			};
		});
	}

	private static Mono<Gathering> gathering(ServerRequest request, Gathering gathering) {
		ServerHttpRequest http = request.exchange().getRequest();
		Mono<Gathering> body = http.getBody().doOnNext(gathering::add).then(Mono.just(gathering));
		long length = request.headers().contentLength().orElse(0);
		if (length == 0) {
			return body;
		}
		if (length > gathering.most()) {
			return Mono.error(tooLarge(gathering.most()));
		}
		gathering.announce((int) length);
		if (length <= SMALL) {
			gathering.open((int) length);
			return body;
		}
		// A large array is made of pages that are cleared first.
		return off(length, Mono.fromRunnable(() -> gathering.open((int) length))).then(body);
	}

	private static Mono<ByteBuffer> whole(Gathering body) {
		return body.isInParts() ? off(body.size(), Mono.fromSupplier(body::whole)) : Mono.just(body.whole());
	}

	/** What is small may become large, so all of it is done elsewhere. */
	private static Mono<ByteBuffer> unpacked(Gathering packed, Gathering unpacked) {
		if (packed.size() == 0) {
			return Mono.just(ByteBuffer.allocate(0));
		}
		return off(Long.MAX_VALUE, Mono.fromSupplier(() -> {
			ContentCoding.unpack(packed.whole(), unpacked);
			packed.letGo();
			return unpacked.whole();
		}));
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
		return off(body.remaining(), Mono.fromCallable(() -> work.apply(body)));
	}

	/**
	 * Does what takes a time that grows with a number of bytes, likewise.
	 * @param <T> what comes of it
	 * @param bytes how many bytes
	 * @param work what to do with them
	 * @return what came of it, or its failure
	 */
	public static <T> Mono<T> process(long bytes, Supplier<T> work) {
		return off(bytes, Mono.fromSupplier(work));
	}

	/** What is done to so many bytes is done off the event loop where they are many. */
	private static <T> Mono<T> off(long bytes, Mono<T> work) {
		return (bytes > SMALL) ? work.subscribeOn(Schedulers.boundedElastic()) : work;
	}

	/**
	 * Reads a body.
	 * @param body its buffers, which are released
	 * @param most how large it may be
	 * @return its bytes, empty where it has none; a {@link DataBufferLimitException}
	 * where it is larger
	 */
	public static Mono<byte[]> join(Flux<DataBuffer> body, DataSize most) {
		int limit = (int) Math.min(most.toBytes(), LARGEST);
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

	static ExecutionFailure tooLarge(int most) {
		return ExecutionFailure.refused(FailureCode.BODY_TOO_LARGE,
				"The request body is larger than the limit of " + most + " bytes");
	}

}
