package dev.sluice.http;

import dev.sluice.execution.Answer;
import reactor.core.publisher.Mono;

import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Makes responses that leave piece by piece: each buffer as soon as it is there, and none
 * before the client has taken those before it.
 */
public final class Pieces {

	private Pieces() {
	}

	/**
	 * A 200 with an answer, each of whose buffers is sent at once. A failure of the body
	 * breaks the connection.
	 * @param answer the answer, which the response takes over
	 * @param type what it is
	 * @return the response
	 */
	public static Mono<ServerResponse> reply(Answer answer, MediaType type) {
		return ServerResponse.ok()
			.contentType(type)
			.build((exchange, context) -> write(answer, exchange.getResponse()));
	}

	/**
	 * A write that fails does not cancel what it was to write, so each end of it does.
	 */
	private static Mono<Void> write(Answer answer, ServerHttpResponse response) {
		Leash body = new Leash(answer.body().limitRate(1));
		return Unwritten.write(body, response).doFinally((signal) -> {
			body.cancel();
			answer.discard();
		});
	}

}
