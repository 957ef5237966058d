package dev.sluice.emulator;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

import dev.sluice.emulator.Forwarder.Answered;
import dev.sluice.http.Leftover;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;

/**
 * What stands before the sessions: allocates one for a request, and carries the request
 * there and the answer back, or fails in one of the ways in which ingresses do.
 */
final class Ingress {

	/** For what was written to get out before the connection ends. */
	private static final Duration MOMENT = Duration.ofMillis(50);

	private static final String NOT_FOUND = "{\"message\":\"Not Found\"}";

	private static final String BROKE = "upstream connect error or disconnect/reset before headers";

	private static final String PAGE = "<html><body>Sign in to go on</body></html>";

	private final Sessions sessions;

	private final Forwarder forwarder;

	private final Stats stats;

	private final Duration limit;

	/**
	 * Makes it.
	 * @param sessions the pool's sessions
	 * @param forwarder reaches their containers
	 * @param stats where executions are counted
	 * @param limit how long a request may take, all of its answer included
	 */
	Ingress(Sessions sessions, Forwarder forwarder, Stats stats, Duration limit) {
		this.limit = limit;
		this.sessions = sessions;
		this.forwarder = forwarder;
		this.stats = stats;
	}

	/**
	 * A response that does its work when it is written.
	 * @param identifier the session's identifier; null for a session of the request's own
	 * @param mishap what befalls the request
	 * @return the response
	 */
	Mono<ServerResponse> response(@Nullable String identifier, Mishap mishap) {
		return ServerResponse.ok()
			.build((exchange, context) -> play(exchange, identifier, mishap).onErrorResume(AzureError.class,
					(error) -> Leftover.read(exchange).then(Mono.defer(() -> error.write(exchange.getResponse())))));
	}

	private Mono<Void> play(ServerWebExchange exchange, @Nullable String identifier, Mishap mishap) {
		ServerHttpResponse response = exchange.getResponse();
		return switch (mishap.fault()) {
			case UNAUTHORIZED -> refused(401, "Unauthorized", "The bearer token has expired");
			case IDENTIFIER_MISSING -> Mono.error(AzureError.missingIdentifier());
			case REQUEST_REFUSED ->
				refused(400, "SessionRequestNotSupported", "The api-version of the request is not supported");
			case FULL -> Mono.error(new AzureError(429, "SessionPoolFull", AzureError.FULL));
			case FULL_404 -> Mono.error(new AzureError(404, "SessionPoolFull", AzureError.FULL));
			case FORBIDDEN -> answered(exchange, 403, MediaType.TEXT_PLAIN, "");
			case NOT_FOUND -> answered(exchange, 404, MediaType.APPLICATION_JSON, NOT_FOUND);
			case NOT_READY -> answered(exchange, 503, MediaType.TEXT_PLAIN, BROKE);
			case REDIRECT -> {
				response.getHeaders().set("Location", "https://elsewhere.invalid/execute");
				yield answered(exchange, 307, MediaType.TEXT_PLAIN, "");
			}
			case RESET_BEFORE_DELIVERY -> reset(response);
			case NONE, BAD_GATEWAY, SERVER_ERROR, GATEWAY_TIMEOUT, DELIVERED_TWICE, INSUFFICIENT_STORAGE,
					RESET_AFTER_DELIVERY, RESET_AFTER_HEADERS, HALF_BODY, HANG, SLOW, HTML,
					NOT_JSON ->
				this.sessions.visit(identifier, (session) -> visit(exchange, session, mishap))
					.timeout(this.limit)
					.onErrorResume(TimeoutException.class, (late) -> this.forwarder.tell(response, late));
		};
	}

	private Mono<Void> visit(ServerWebExchange exchange, Session session, Mishap mishap) {
		if (!Forwarder.isExecution(exchange.getRequest())) {
			return deliver(exchange, session, mishap);
		}
		return Mono.defer(() -> {
			this.stats.executions().up();
			return deliver(exchange, session, mishap).doFinally((signal) -> this.stats.executions().down());
		});
	}

	private Mono<Void> deliver(ServerWebExchange exchange, Session session, Mishap mishap) {
		ServerHttpRequest request = exchange.getRequest();
		ServerHttpResponse response = exchange.getResponse();
		boolean twice = mishap.fault() == Fault.DELIVERED_TWICE || mishap.fault() == Fault.INSUFFICIENT_STORAGE;
		Mono<Answered> answer = twice ? this.forwarder.deliverTwice(request, session)
				: this.forwarder.deliver(request, session);
		Mono<Void> passed = (mishap.fault() == Fault.GATEWAY_TIMEOUT) ? cut(answer, mishap.after(), response)
				: answer.flatMap((answered) -> pass(answered, response, mishap));
		return passed.onErrorResume((error) -> this.forwarder.tell(response, error));
	}

	private static Mono<Void> cut(Mono<Answered> answer, Duration after, ServerHttpResponse response) {
		return answer.flatMap(Answered::discard)
			.onErrorComplete()
			.takeUntilOther(Mono.delay(after))
			.and(Mono.delay(after))
			.then(write(response, 504, MediaType.TEXT_PLAIN, "stream timeout"));
	}

	/** What comes back of what a container has answered. */
	private static Mono<Void> pass(Answered answer, ServerHttpResponse response, Mishap mishap) {
		return switch (mishap.fault()) {
			case SLOW -> Mono.delay(mishap.after()).doOnCancel(answer::abandon).then(answer.pass(response));
			case BAD_GATEWAY -> answer.discard().then(write(response, 502, MediaType.TEXT_PLAIN, BROKE));
			case SERVER_ERROR -> answer.discard().then(write(response, 500, MediaType.TEXT_PLAIN, ""));
			case INSUFFICIENT_STORAGE -> answer.discard().then(write(response, 507, MediaType.TEXT_PLAIN, ""));
			case HTML -> answer.discard().then(write(response, 200, MediaType.TEXT_HTML, PAGE));
			case NOT_JSON -> answer.discard().then(write(response, 200, MediaType.APPLICATION_JSON, "it said 42"));
			case HANG -> answer.discard().then(Mono.never());
			case RESET_AFTER_DELIVERY -> answer.discard().then(reset(response));
			case RESET_AFTER_HEADERS -> answer.discard().then(part(answer, response, new byte[0], reset(response)));
			case HALF_BODY -> answer.body()
				.flatMap((bytes) -> part(answer, response, Arrays.copyOf(bytes, bytes.length / 2), close(response)));
			default -> answer.pass(response);
		};
	}

	private static Mono<Void> refused(int status, String code, String message) {
		return Mono.error(() -> new AzureError(status, code, message));
	}

	/** An answer to a request that goes nowhere. */
	private static Mono<Void> answered(ServerWebExchange exchange, int status, MediaType type, String text) {
		return Leftover.read(exchange).then(write(exchange.getResponse(), status, type, text));
	}

	private static Mono<Void> write(ServerHttpResponse response, int status, MediaType type, String text) {
		return Mono.defer(() -> {
			response.setStatusCode(HttpStatusCode.valueOf(status));
			response.getHeaders().setContentType(type);
			return response.writeWith(
					Mono.fromSupplier(() -> response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8))));
		});
	}

	/** An answer's head and some bytes, and then an end that is no good one. */
	private static Mono<Void> part(Answered answer, ServerHttpResponse response, byte[] bytes, Mono<Void> end) {
		return Mono.defer(() -> {
			answer.head(response);
			Mono<DataBuffer> written = Mono.fromSupplier(() -> response.bufferFactory().wrap(bytes));
			Mono<Mono<DataBuffer>> ended = Mono.delay(MOMENT).then(end).then(Mono.never());
			return response.writeAndFlushWith(Flux.concat(Mono.just(written), ended));
		});
	}

	private static Mono<Void> reset(ServerHttpResponse response) {
		return end(response, (channel) -> {
			channel.config().setOption(ChannelOption.SO_LINGER, 0);
			return channel.close();
		});
	}

	private static Mono<Void> close(ServerHttpResponse response) {
		return end(response, Channel::close);
	}

	private static Mono<Void> end(ServerHttpResponse response, Function<Channel, ChannelFuture> how) {
		return Mono.defer(() -> {
			HttpServerResponse server = ServerHttpResponseDecorator.getNativeResponse(response);
			server.withConnection((connection) -> {
				ChannelFuture _ = how.apply(connection.channel());
			});
			return Mono.never();
		});
	}

}
