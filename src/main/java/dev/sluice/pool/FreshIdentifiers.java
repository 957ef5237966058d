package dev.sluice.pool;

import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

import com.azure.core.credential.AccessToken;
import dev.sluice.http.Break;
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

	private static final long COMPLAINS_EVERY = Duration.ofSeconds(10).toNanos();

	private static final int RANDOM_BYTES = 16;

	/**
	 * Unlike the system's default it computes, and reads from no device on an event loop.
	 */
	private static final SecureRandom RANDOM = random();

	private final PoolProperties pool;

	private final ExchangeFunction http;

	private final AtomicLong complained = new AtomicLong(System.nanoTime() - COMPLAINS_EVERY);

	FreshIdentifiers(PoolProperties pool, ExchangeFunction http) {
		this.pool = pool;
		this.http = http;
	}

	@Override
	public Lease lease(AccessToken token) {
		byte[] bytes = new byte[RANDOM_BYTES];
		RANDOM.nextBytes(bytes);
		String identifier = HexFormat.of().formatHex(bytes);
		return new Lease(identifier, () -> end(identifier, token));
	}

	private void end(String identifier, AccessToken token) {
		stop(identifier, token).subscribe((status) -> {
			if (status != 200) {
				complain("it answered " + status);
			}
		}, (error) -> complain(Break.of(error).what()));
	}

	/** Once in a while: under an outage it is the same for each session. */
	private void complain(String why) {
		long now = System.nanoTime();
		long last = this.complained.get();
		if (now - last >= COMPLAINS_EVERY && this.complained.compareAndSet(last, now)) {
			logger.warn("Pool {} could not stop a session, which is left to its cooldown: {}", this.pool.name(), why);
		}
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
			.encode()
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
