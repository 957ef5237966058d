package dev.sluice.emulator;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

import dev.sluice.execution.Ids;
import io.netty.handler.timeout.ReadTimeoutException;
import org.jspecify.annotations.Nullable;
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

	/** The fixed limit of Azure's ingress, as known. */
	private static final Duration INGRESS_WAITS = Duration.ofMinutes(4);

	/** Headers of one connection, not of the message. */
	private static final Set<String> HOP_BY_HOP = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

	static {
		HOP_BY_HOP.addAll(Set.of(HttpHeaders.CONNECTION, HttpHeaders.HOST, "Keep-Alive", HttpHeaders.TE,
				HttpHeaders.TRAILER, HttpHeaders.TRANSFER_ENCODING, HttpHeaders.UPGRADE));
	}

	private final ExchangeFunction http = ExchangeFunctions.create(new ReactorClientHttpConnector(
			HttpClient.create(ConnectionProvider.newConnection()).responseTimeout(INGRESS_WAITS).disableRetry(true)));

	/**
	 * A response that sends its request on when it is written.
	 * @param sessions where to
	 * @param identifier the session's identifier; null for a session of the request's own
	 * @return the response
	 */
	Mono<ServerResponse> response(Sessions sessions, @Nullable String identifier) {
		return ServerResponse.ok()
			.build((exchange, context) -> sessions.visit(identifier, (session) -> forward(exchange, session))
				.onErrorResume(AzureError.class, (error) -> error.write(exchange.getResponse())));
	}

	private Mono<Void> forward(ServerWebExchange exchange, Session session) {
		ServerHttpRequest request = exchange.getRequest();
		ClientRequest forwarded = ClientRequest.create(request.getMethod(), target(request, session))
			.headers((headers) -> copy(request.getHeaders(), headers))
			.body(BodyInserters.fromDataBuffers(request.getBody()))
			.build();
		long start = System.nanoTime();
		return this.http.exchange(forwarded)
			.flatMap((answer) -> pass(exchange.getResponse(), session, answer, (System.nanoTime() - start) / 1_000_000))
			.onErrorResume((error) -> unreachable(exchange.getResponse(), error));
	}

	private static URI target(ServerHttpRequest request, Session session) {
		String query = request.getURI().getRawQuery();
		return URI.create(
				session.container().address() + request.getURI().getRawPath() + ((query != null) ? "?" + query : ""));
	}

	private static Mono<Void> pass(ServerHttpResponse response, Session session, ClientResponse answer, long millis) {
		response.setStatusCode(answer.statusCode());
		HttpHeaders headers = response.getHeaders();
		copy(answer.headers().asHttpHeaders(), headers);
		headers.set("operation-id", Ids.next());
		headers.set("x-ms-session-guid", session.guid());
		headers.set("x-ms-new-allocation", Boolean.toString(session.isNew()));
		headers.set("x-ms-container-execution-duration", Long.toString(millis));
		headers.set("x-ms-overall-execution-time", Long.toString(millis));
		return response.writeAndFlushWith(answer.body(BodyExtractors.toDataBuffers()).map(Mono::just));
	}

	private static Mono<Void> unreachable(ServerHttpResponse response, Throwable error) {
		boolean late = error.getCause() instanceof ReadTimeoutException;
		if (!response.setStatusCode(late ? HttpStatus.GATEWAY_TIMEOUT : HttpStatus.BAD_GATEWAY)) {
			return Mono.error(error);
		}
		logger.warn("A session's container did not answer: {}", error.toString());
		response.getHeaders().clear();
		response.getHeaders().setContentType(MediaType.TEXT_PLAIN);
		String text = late ? "stream timeout" : "upstream connect error or disconnect/reset before headers";
		DataBuffer body = response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8));
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
