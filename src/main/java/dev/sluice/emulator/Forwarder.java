package dev.sluice.emulator;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;

import dev.sluice.execution.Ids;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.ExchangeFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;

/**
 * Sends a request on to a session's container, and its answer back, as an ingress does.
 */
final class Forwarder {

	private static final Logger logger = LoggerFactory.getLogger(Forwarder.class);

	private static final int CONNECTIONS = 1000;

	/** Headers of one connection, not of the message. */
	private static final Set<String> HOP_BY_HOP = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

	static {
		HOP_BY_HOP.addAll(Set.of(HttpHeaders.CONNECTION, HttpHeaders.HOST, "Keep-Alive", HttpHeaders.TE,
				HttpHeaders.TRAILER, HttpHeaders.TRANSFER_ENCODING, HttpHeaders.UPGRADE));
	}

	private final ExchangeFunction http = ExchangeFunctions.create(new ReactorClientHttpConnector(
			HttpClient.create(ConnectionProvider.builder("emulator").maxConnections(CONNECTIONS).build())
				.disableRetry(true)));

	/**
	 * A response that sends its request on when it is written.
	 * @param session where to
	 * @param behind what to do once the request has ended in whatever way
	 * @return the response
	 */
	Mono<ServerResponse> response(Session session, Runnable behind) {
		return ServerResponse.ok()
			.build((exchange, context) -> Mono.usingWhen(Mono.fromCallable(session::begin),
					(isFirst) -> forward(exchange, session, isFirst), (isFirst) -> end(session, behind)));
	}

	private static Mono<Void> end(Session session, Runnable behind) {
		return Mono.fromRunnable(() -> {
			session.end();
			behind.run();
		});
	}

	private Mono<Void> forward(ServerWebExchange exchange, Session session, boolean isFirst) {
		ServerHttpRequest request = exchange.getRequest();
		ClientRequest forwarded = ClientRequest.create(request.getMethod(), target(request, session))
			.headers((headers) -> copy(request.getHeaders(), headers))
			.body(BodyInserters.fromDataBuffers(request.getBody()))
			.build();
		long start = System.nanoTime();
		return this.http.exchange(forwarded)
			.flatMap((answer) -> pass(exchange.getResponse(), session, isFirst, answer,
					(System.nanoTime() - start) / 1_000_000))
			.onErrorResume((error) -> unreachable(exchange.getResponse(), error));
	}

	private static URI target(ServerHttpRequest request, Session session) {
		String query = request.getURI().getRawQuery();
		return URI.create(
				session.container().address() + request.getURI().getRawPath() + ((query != null) ? "?" + query : ""));
	}

	private static Mono<Void> pass(ServerHttpResponse response, Session session, boolean isFirst, ClientResponse answer,
			long millis) {
		response.setStatusCode(answer.statusCode());
		HttpHeaders headers = response.getHeaders();
		copy(answer.headers().asHttpHeaders(), headers);
		headers.set("operation-id", Ids.next());
		headers.set("x-ms-session-guid", session.guid());
		headers.set("x-ms-new-allocation", Boolean.toString(isFirst));
		headers.set("x-ms-container-execution-duration", Long.toString(millis));
		headers.set("x-ms-overall-execution-time", Long.toString(millis));
		return response.writeAndFlushWith(answer.body(BodyExtractors.toDataBuffers()).map(Mono::just));
	}

	private static Mono<Void> unreachable(ServerHttpResponse response, Throwable error) {
		if (!response.setStatusCode(HttpStatus.BAD_GATEWAY)) {
			return Mono.error(error);
		}
		logger.warn("A session's container did not answer: {}", error.toString());
		response.getHeaders().clear();
		response.getHeaders().setContentType(MediaType.TEXT_PLAIN);
		DataBuffer body = response.bufferFactory()
			.wrap("upstream connect error or disconnect/reset before headers".getBytes(StandardCharsets.UTF_8));
		return response.writeWith(Mono.just(body));
	}

	private static void copy(HttpHeaders from, HttpHeaders to) {
		from.forEach((name, values) -> {
			if (!HOP_BY_HOP.contains(name)) {
				to.put(name, values);
			}
		});
	}

}
