package dev.sluice.http;

import java.time.Duration;

import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/**
 * What is left of a request that is answered before it was read. It is read all the same,
 * so that nothing stands before the connection's next request, and so that a client that
 * sends first and reads then gets to its answer.
 */
public final class Leftover {

	private static final Duration COMES_WITHIN = Duration.ofSeconds(1);

	private Leftover() {
	}

	/**
	 * Reads what is left, if there is anything. What takes longer than a second to come
	 * is read on while the response leaves. Whoever has asked whether to send is not told
	 * to, and the connection ends, as it is open whether he will.
	 * @param exchange the request and its response, which has not left
	 * @return completes when the response may leave; never an error
	 */
	public static Mono<Void> read(ServerWebExchange exchange) {
		ServerHttpRequest request = exchange.getRequest();
		HttpHeaders headers = request.getHeaders();
		if (headers.getContentLength() <= 0 && !headers.containsHeader(HttpHeaders.TRANSFER_ENCODING)) {
			return Mono.empty();
		}
		if (headers.containsHeader(HttpHeaders.EXPECT)) {
			exchange.getResponse().getHeaders().set(HttpHeaders.CONNECTION, "close");
			return Mono.empty();
		}
		return Mono.defer(() -> {
			// An error says that it was read already, or that its client has left.
			Mono<Void> rest = request.getBody().doOnNext(DataBufferUtils::release).then().onErrorComplete().cache();
			Disposable _ = rest.subscribe();
			return rest.timeout(COMES_WITHIN, Mono.empty());
		});
	}

}
