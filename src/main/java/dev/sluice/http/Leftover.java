package dev.sluice.http;

import java.time.Duration;

import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;

/**
 * What is left of a request that is answered before it was read. On a connection that
 * goes on it must be read all the same, or the next request may get lost behind it.
 */
public final class Leftover {

	/** What is longer is not worth its way: the connection is ended behind the answer. */
	private static final long LONGEST = 256 * 1024;

	private static final Duration COMES_WITHIN = Duration.ofSeconds(1);

	private Leftover() {
	}

	/**
	 * Reads what is left, where that is little, and has the connection ended otherwise.
	 * @param exchange the request and its response, which has not left
	 * @return completes when the response may leave; never an error
	 */
	public static Mono<Void> read(ServerWebExchange exchange) {
		ServerHttpRequest request = exchange.getRequest();
		HttpHeaders headers = request.getHeaders();
		boolean announced = headers.getContentLength() >= 0 && headers.getContentLength() <= LONGEST;
		if (headers.getContentLength() == 0 || !announced && !headers.containsHeader(HttpHeaders.TRANSFER_ENCODING)
				&& headers.getContentLength() < 0) {
			return Mono.empty();
		}
		if (!announced || headers.containsHeader(HttpHeaders.EXPECT)) {
			end(exchange.getResponse());
			return Mono.empty();
		}
		return request.getBody()
			.doOnNext(DataBufferUtils::release)
			.then()
			.timeout(COMES_WITHIN)
			// It has been read already.
			.onErrorComplete(IllegalStateException.class)
			.onErrorResume((error) -> Mono.fromRunnable(() -> end(exchange.getResponse())));
	}

	private static void end(ServerHttpResponse response) {
		response.getHeaders().set(HttpHeaders.CONNECTION, "close");
	}

}
