package dev.sluice.api;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import dev.sluice.execution.Answer;
import io.netty.handler.timeout.WriteTimeoutHandler;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.WebsocketServerSpec;

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

	private final WebSocketService sockets;

	ConnectApi(ConnectProperties properties) {
		this.properties = properties;
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
	 * @param executor runs what the client asks for by a message
	 * @return the response to the handshake
	 */
	Mono<ServerResponse> connect(Function<ByteBuffer, Mono<Answer>> executor) {
		return ServerResponse.ok().build((exchange, context) -> {
			endSlowReaders(ServerHttpResponseDecorator.getNativeResponse(exchange.getResponse()));
			return this.sockets.handleRequest(exchange,
					(session) -> new Conversation(session, executor, this.properties).hold());
		});
	}

	/** Messages wait with the program, and not here: what is slow is one message. */
	private void endSlowReaders(HttpServerResponse response) {
		response.withConnection((connection) -> connection
			.addHandlerLast(new WriteTimeoutHandler(this.properties.writeTimeout().toMillis(), TimeUnit.MILLISECONDS)));
	}

}
