package dev.sluice.pool;

import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.sluice.http.Bodies;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.client.WebClientRequestException;

/**
 * One request over the HTTP client that WebClient stands on. What WebClient adds to it
 * (codecs, attributes, notes for traces) is not needed here, and has its cost.
 */
final class Call {

	private final HttpMethod method;

	private final URI uri;

	/** A name, and then its value. */
	private final List<String> headers = new ArrayList<>(16);

	private @Nullable Supplier<ByteBuffer> body;

	private Call(HttpMethod method, URI uri) {
		this.method = method;
		this.uri = uri;
	}

	/** A call that takes JSON, unless another header says otherwise. */
	static Call to(HttpMethod method, URI uri) {
		return new Call(method, uri).header(HttpHeaders.ACCEPT, MediaType.APPLICATION_JSON_VALUE);
	}

	/** Sets a header, which it has once. */
	Call header(String name, String value) {
		this.headers.add(name);
		this.headers.add(value);
		return this;
	}

	/**
	 * Sends a body.
	 * @param bytes gives its bytes, which are not copied, when the connection is there
	 * @return this
	 */
	Call body(Supplier<ByteBuffer> bytes) {
		this.body = bytes;
		return this;
	}

	/**
	 * Makes the call.
	 * @param <T> what is made of the answer
	 * @param http the HTTP client
	 * @param made makes it
	 * @return what was made of the answer's head; what broke, as WebClient would tell it
	 */
	<T> Mono<T> over(ClientHttpConnector http, Function<Reply, T> made) {
		return http.connect(this.method, this.uri, this::write)
			.onErrorMap((error) -> new WebClientRequestException(error, this.method, this.uri, HttpHeaders.EMPTY))
			.map((response) -> made.apply(Reply.of(response, this.uri)));
	}

	private Mono<Void> write(ClientHttpRequest request) {
		HttpHeaders sent = request.getHeaders();
		for (int i = 0; i < this.headers.size(); i += 2) {
			sent.set(this.headers.get(i), this.headers.get(i + 1));
		}
		Supplier<ByteBuffer> bytes = this.body;
		return (bytes == null) ? request.setComplete()
				: request.writeWith(Mono.fromSupplier(() -> DefaultDataBufferFactory.sharedInstance.wrap(bytes.get())));
	}

	/**
	 * The head of an answer.
	 *
	 * @param status its status
	 * @param headers its headers
	 * @param body its body, to be read or {@linkplain #release() released}
	 * @param from where the request went
	 */
	record Reply(int status, HttpHeaders headers, Flux<DataBuffer> body, URI from) {

		private static Reply of(ClientHttpResponse response, URI from) {
			Flux<DataBuffer> body = response.getBody()
				.onErrorMap(Reply::isOfWhoLeft, (error) -> new CancellationException("Its reader has left"));
			return new Reply(response.getStatusCode().value(), response.getHeaders(), body, from);
		}

		/** Who leaves between the head and the body gets to hear that it is gone. */
		private static boolean isOfWhoLeft(Throwable error) {
			return error instanceof IllegalStateException
					&& String.valueOf(error.getMessage()).contains("due to cancellation");
		}

		/**
		 * Reads the body, or its beginning.
		 * @param most so much of it
		 * @return its bytes
		 */
		Mono<byte[]> read(DataSize most) {
			return Bodies.join(DataBufferUtils.takeUntilByteCount(this.body, most.toBytes()), most);
		}

		/** Reads the body to its end, for nobody. */
		Mono<Void> release() {
			return this.body.doOnNext(DataBufferUtils::release).then();
		}

		Reply withoutBody() {
			HttpHeaders kept = new HttpHeaders();
			kept.addAll(this.headers);
			return new Reply(this.status, kept, Flux.empty(), this.from);
		}

	}

}
