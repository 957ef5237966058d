package dev.sluice.pool;

import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import com.azure.core.credential.AccessToken;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * A new random identifier for each execution. Its session is stopped behind it, since
 * otherwise it would hold its place in the pool for the whole cooldown.
 */
final class FreshIdentifiers implements Identifiers {

	private static final Logger logger = LoggerFactory.getLogger(FreshIdentifiers.class);

	/**
	 * How many sessions are being stopped at once; the cooldown ends what goes beyond.
	 */
	private static final int STOPS = 256;

	private static final int RANDOM_BYTES = 16;

	/**
	 * Unlike the system's default it computes, and reads from no device on an event loop.
	 */
	private static final SecureRandom RANDOM = random();

	private final PoolProperties pool;

	private final ExchangeFunction http;

	private final Set<String> used = ConcurrentHashMap.newKeySet();

	private final Set<String> stopping = ConcurrentHashMap.newKeySet();

	FreshIdentifiers(PoolProperties pool, ExchangeFunction http) {
		this.pool = pool;
		this.http = http;
	}

	@Override
	public String next() {
		byte[] bytes = new byte[RANDOM_BYTES];
		RANDOM.nextBytes(bytes);
		String identifier = HexFormat.of().formatHex(bytes);
		this.used.add(identifier);
		return identifier;
	}

	@Override
	public void letGo(@Nullable String identifier, AccessToken token) {
		if (identifier == null || !this.used.remove(identifier)) {
			return;
		}
		if (this.stopping.size() >= STOPS) {
			logger.warn("Pool {} stops {} sessions already; one more is left to its cooldown", this.pool.name(), STOPS);
			return;
		}
		this.stopping.add(identifier);
		stop(identifier, token).doFinally((signal) -> this.stopping.remove(identifier))
			.subscribe((status) -> logger.debug("Pool {} answered {} to a stop", this.pool.name(), status),
					(error) -> logger.debug("Pool {} could not stop a session, which is left to its cooldown: {}",
							this.pool.name(), error.getMessage()));
	}

	private static SecureRandom random() {
		try {
			SecureRandom random = SecureRandom.getInstance("DRBG");
			random.nextBytes(new byte[RANDOM_BYTES]);
			return random;
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has a DRBG", ex);
		}
	}

	private Mono<Integer> stop(String identifier, AccessToken token) {
		URI uri = UriComponentsBuilder.fromUri(this.pool.endpoint())
			.path("/.management/stopSession")
			.queryParam("api-version", this.pool.managementApiVersion())
			.queryParam("identifier", identifier)
			.build()
			.toUri();
		return this.http
			.exchange(ClientRequest.create(HttpMethod.POST, uri)
				.header(HttpHeaders.AUTHORIZATION, "Bearer " + token.getToken())
				.build())
			.flatMap(FreshIdentifiers::status);
	}

	private static Mono<Integer> status(ClientResponse response) {
		return response.releaseBody().thenReturn(response.statusCode().value());
	}

}
