package dev.sluice.api;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Drain;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.http.HeldBytes;
import dev.sluice.http.Origins;
import io.netty.handler.timeout.WriteTimeoutHandler;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.WebsocketServerSpec;

import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;

/**
 * Piston's WebSocket: a client's program, live.
 */
final class ConnectApi {

	private final ConnectProperties properties;

	private final Origins origins;

	private final HeldBytes held;

	private final Drain drain;

	private final WebSocketService sockets;

	/**
	 * Makes it.
	 * @param properties its bounds
	 * @param origins whose pages may connect, as browsers let each page try
	 * @param held what may be held of all that clients bring
	 * @param drain ends talks before the process ends
	 */
	ConnectApi(ConnectProperties properties, Origins origins, HeldBytes held, Drain drain) {
		this.held = held;
		this.drain = drain;
		this.properties = properties;
		this.origins = origins;
		int longest = (int) properties.maxMessage().toBytes();
		this.sockets = new HandshakeWebSocketService(new ReactorNettyRequestUpgradeStrategy(
				() -> WebsocketServerSpec.builder().maxFramePayloadLength(longest)));
	}

	/**
	 * Whether a request asks for a WebSocket.
	 * @param request the request
	 * @return whether it does
	 */
	static boolean isHandshake(ServerRequest request) {
		return "websocket".equalsIgnoreCase(request.headers().firstHeader("Upgrade"));
	}

	/**
	 * A talk with one client.
	 * @param request the handshake
	 * @param executor runs what the client asks for by a message
	 * @return the response to the handshake; an {@link ExecutionFailure} with
	 * {@link FailureCode#ORIGIN_REFUSED} where it comes from a page that may not connect
	 */
	Mono<ServerResponse> connect(ServerRequest request, Function<ByteBuffer, Mono<Answer>> executor) {
		if (!this.origins.allows(request.headers().firstHeader(HttpHeaders.ORIGIN))) {
			return Mono.error(ExecutionFailure.refused(FailureCode.ORIGIN_REFUSED,
					"Pages of this origin may not connect: add it to sluice.http.cors.origins"));
		}
		return ServerResponse.ok().build((exchange, context) -> {
			HttpServerResponse response = ServerHttpResponseDecorator.getNativeResponse(exchange.getResponse());
			Sinks.Empty<Void> left = Sinks.empty();
			return this.sockets.handleRequest(exchange, (session) -> {
				response.withConnection((connection) -> watch(connection, left));
				return new Conversation(session, executor, this.properties, this.held.reservation(), left.asMono(),
						this.drain)
					.hold();
			});
		});
	}

	/** Messages wait with the program, and not here: what is slow is one message. */
	private void watch(Connection connection, Sinks.Empty<Void> left) {
		connection
			.addHandlerLast(new WriteTimeoutHandler(this.properties.writeTimeout().toMillis(), TimeUnit.MILLISECONDS));
		connection.channel().closeFuture().addListener((closed) -> left.tryEmitEmpty());
	}

}
