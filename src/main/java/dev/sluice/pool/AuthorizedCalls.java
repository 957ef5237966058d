package dev.sluice.pool;

import java.util.function.Supplier;

import com.azure.core.credential.AccessToken;
import dev.sluice.pool.Call.Reply;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ClientHttpConnector;

/**
 * Sends what a pool's token is to go with.
 */
final class AuthorizedCalls {

	private static final String BEARER = "Bearer ";

	private final TokenSource tokens;

	AuthorizedCalls(TokenSource tokens) {
		this.tokens = tokens;
	}

	/**
	 * Sends a call; where its token is refused, once more with one that is truly another.
	 * @param http the HTTP client
	 * @param call makes the call, each time that it is sent
	 * @return the head of the answer; what broke, as WebClient would tell it, or why
	 * there is no token
	 */
	Mono<Sent> send(ClientHttpConnector http, Supplier<Call> call) {
		return this.tokens.get()
			.flatMap((token) -> sendOnce(http, call.get(), token))
			.flatMap((sent) -> (sent.reply().status() == 401) ? again(http, call, sent) : Mono.just(sent));
	}

	/**
	 * Sends a call once, whatever comes of it.
	 * @param http the HTTP client
	 * @param call the call, which has no token yet
	 * @param token goes with it, where it is not empty
	 * @return the head of the answer; what broke, as WebClient would tell it
	 */
	static Mono<Sent> sendOnce(ClientHttpConnector http, Call call, AccessToken token) {
		if (!token.getToken().isEmpty()) {
			call.header(HttpHeaders.AUTHORIZATION, BEARER + token.getToken());
		}
		return call.over(http, (reply) -> new Sent(reply, token));
	}

	private Mono<Sent> again(ClientHttpConnector http, Supplier<Call> call, Sent refused) {
		this.tokens.reject(refused.token());
		return withoutBody(refused).flatMap((answer) -> this.tokens.get()
			.filter((other) -> !other.getToken().equals(refused.token().getToken()))
			.flatMap((other) -> sendOnce(http, call.get(), other))
			.defaultIfEmpty(answer));
	}

	/** Nothing of it but what its head says is of interest any more. */
	private static Mono<Sent> withoutBody(Sent sent) {
		return sent.reply().release().then(Mono.fromSupplier(() -> new Sent(sent.reply().withoutBody(), sent.token())));
	}

	/**
	 * What came of a call.
	 *
	 * @param reply the answer
	 * @param token what was sent with it
	 */
	record Sent(Reply reply, AccessToken token) {
	}

}
