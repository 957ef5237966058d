package dev.sluice.pool;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import com.azure.core.credential.AccessToken;
import dev.sluice.execution.Ids;
import dev.sluice.piston.AdapterHeaders;
import dev.sluice.pool.Sighting.From;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.util.unit.DataSize;

/**
 * Sends a pool what differs from an execution only as the doctor says, to see what
 * becomes of it.
 */
final class Prober {

	/** How much of an answer is read. */
	private static final DataSize READ = DataSize.ofMegabytes(1);

	/** What a probe's program gets. */
	private static final Duration PROBED_FOR = Duration.ofSeconds(15);

	private final PoolProperties properties;

	private final Addresses addresses;

	private final TokenSource tokens;

	private final ClientHttpConnector http;

	private final Wire wire;

	/**
	 * Makes a prober.
	 * @param properties the pool's name, kind and api-version
	 * @param addresses where its requests go
	 * @param tokens what is sent, but for those that are to be wrong
	 * @param http carries the probes, as it does executions
	 * @param wire stops the sessions that were begun for them
	 */
	Prober(PoolProperties properties, Addresses addresses, TokenSource tokens, ClientHttpConnector http, Wire wire) {
		this.properties = properties;
		this.addresses = addresses;
		this.tokens = tokens;
		this.http = http;
		this.wire = wire;
	}

	/**
	 * Sends a probe.
	 * @param probe its form
	 * @return what was seen; the error of the HTTP client where there is no answer, or
	 * why there is no token
	 */
	Mono<Sighting> send(Probe probe) {
		return this.tokens.get().flatMap((token) -> {
			AccessToken sent = probe.badToken() ? new AccessToken("not-a-token", token.getExpiresAt()) : token;
			if (!probe.identifier()) {
				return send(probe, null, sent);
			}
			return Mono.usingWhen(Mono.fromSupplier(RandomIdentifier::next),
					(identifier) -> send(probe, identifier, sent),
					(identifier) -> this.wire.stop(identifier).onErrorComplete());
		});
	}

	private Mono<Sighting> send(Probe probe, @Nullable String identifier, AccessToken token) {
		URI uri = this.addresses.at(probe.path(), identifier, probe.apiVersion() ? apiVersion() : "");
		Call call = Call.to(HttpMethod.valueOf(probe.method()), uri);
		if (!probe.body().isEmpty()) {
			call.header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE)
				.header(AdapterHeaders.EXECUTION, Ids.next())
				.header(AdapterHeaders.TIME_LEFT, Long.toString(PROBED_FOR.toMillis()))
				.body(() -> ByteBuffer.wrap(probe.body().getBytes(StandardCharsets.UTF_8)));
		}
		return AuthorizedCalls.sendOnce(this.http, call, token)
			.flatMap((sent) -> sent.reply()
				.read(READ)
				.map((body) -> sighting(PoolAnswer.of(this.properties, sent, body, identifier))));
	}

	/** Where none is configured, it is the usual one that is tried. */
	private String apiVersion() {
		String configured = this.properties.apiVersion();
		return configured.isEmpty() ? PoolProperties.USUAL_API_VERSION : configured;
	}

	private static Sighting sighting(PoolAnswer answer) {
		boolean adapter = answer.headers().containsHeader(AdapterHeaders.ADAPTER);
		return new Sighting(answer.status(), adapter ? From.ADAPTER : From.SOMEBODY, answer.body(), answer.judged());
	}

}
