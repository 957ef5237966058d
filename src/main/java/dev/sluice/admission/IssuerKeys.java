package dev.sluice.admission;

import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import io.netty.channel.ChannelOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The keys by which an issuer's signatures are checked. They are asked for when the first
 * token comes, and again where a token names another key, or when they may be old; all
 * who need them share one question, and there is at most one in some seconds, whatever
 * tokens come. While the issuer is away, the keys of before do.
 */
final class IssuerKeys {

	private static final Logger logger = LoggerFactory.getLogger(IssuerKeys.class);

	private static final Duration ASKED_AT_MOST_EVERY = Duration.ofSeconds(5);

	private static final Duration ASKED_AGAIN_AFTER_FAILURE = Duration.ofMillis(500);

	/** A key that the issuer has withdrawn is good no longer than this. */
	private static final Duration GOOD_FOR = Duration.ofMinutes(10);

	private static final ParameterizedTypeReference<Map<String, Object>> DISCOVERED = new ParameterizedTypeReference<>() {
	};

	private record Answer(JWKSet keys, long at) {

		boolean isOlderThan(Duration age) {
			return System.nanoTime() - this.at > age.toNanos();
		}

	}

	private final JwtProperties properties;

	private final Duration goodFor;

	private final WebClient http;

	private final Mono<JWKSet> fresh;

	private final AtomicBoolean away = new AtomicBoolean();

	private volatile @Nullable Answer last;

	/**
	 * Makes them. Nobody is asked yet.
	 * @param properties who the issuer is
	 */
	IssuerKeys(JwtProperties properties) {
		this(properties, GOOD_FOR, ASKED_AT_MOST_EVERY);
	}

	/**
	 * Makes them. Nobody is asked yet.
	 * @param properties who the issuer is
	 * @param goodFor after what time he is asked again
	 * @param atMostEvery how often he is asked, whatever tokens come
	 */
	IssuerKeys(JwtProperties properties, Duration goodFor, Duration atMostEvery) {
		this.properties = properties;
		this.goodFor = goodFor;
		this.http = http(properties.timeout());
		this.fresh = Mono.defer(this::address)
			.flatMap(this::fetch)
			.switchIfEmpty(Mono.error(() -> new IllegalStateException("its answer is empty")))
			.timeout(properties.timeout())
			.doOnNext(this::came)
			.onErrorMap(this::failed)
			.cache((keys) -> atMostEvery, (error) -> ASKED_AGAIN_AFTER_FAILURE, () -> Duration.ZERO);
	}

	/**
	 * Those that may have signed a token.
	 * @param token the token
	 * @return the keys, none where the issuer has no such; an {@link ExecutionFailure}
	 * with {@link FailureCode#ISSUER_UNAVAILABLE} where he can't be asked
	 */
	Flux<JWK> of(SignedJWT token) {
		JWKSelector selector = new JWKSelector(JWKMatcher.forJWSHeader(token.getHeader()));
		Answer before = this.last;
		List<JWK> known = (before != null) ? selector.select(before.keys()) : List.of();
		if (known.isEmpty()) {
			return this.fresh.flatMapIterable(selector::select);
		}
		if (before != null && before.isOlderThan(this.goodFor)) {
			return this.fresh.onErrorReturn(before.keys()).flatMapIterable(selector::select);
		}
		return Flux.fromIterable(known);
	}

	/** An issuer is asked so seldom that a connection to him is not worth keeping. */
	private static WebClient http(Duration timeout) {
		HttpClient client = HttpClient.newConnection()
			.disableRetry(true)
			.responseTimeout(timeout)
			.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(timeout.toMillis()));
		return WebClient.builder().clientConnector(new ReactorClientHttpConnector(client)).build();
	}

	private Mono<URI> address() {
		URI given = this.properties.jwkSetUri();
		if (given != null) {
			return Mono.just(given);
		}
		String issuer = this.properties.issuer().toString();
		return this.http.get()
			.uri(URI.create(issuer.replaceAll("/+$", "") + "/.well-known/openid-configuration"))
			.retrieve()
			.bodyToMono(DISCOVERED)
			.map((found) -> {
				if (!issuer.equals(found.get("issuer")) || !(found.get("jwks_uri") instanceof String address)) {
					throw new IllegalStateException(
							"its openid-configuration names another issuer, or no address of its keys");
				}
				return URI.create(address);
			});
	}

	private Mono<JWKSet> fetch(URI address) {
		return this.http.get().uri(address).retrieve().bodyToMono(String.class).map((text) -> {
			try {
				return JWKSet.parse(text);
			}
			catch (ParseException ex) {
				throw new IllegalStateException("what it answers at " + address + " are no keys", ex);
			}
		});
	}

	private void came(JWKSet keys) {
		this.last = new Answer(keys, System.nanoTime());
		if (this.away.compareAndSet(true, false)) {
			logger.info("The issuer {} gives its keys again", this.properties.issuer());
		}
	}

	private ExecutionFailure failed(Throwable error) {
		if (this.away.compareAndSet(false, true)) {
			logger.warn("The issuer {} does not give its keys: {}", this.properties.issuer(), error.toString());
		}
		return ExecutionFailure
			.passing(FailureCode.ISSUER_UNAVAILABLE,
					"Your token can't be checked now, as its issuer does not give its keys: send it again later")
			.retryAfter(ASKED_AT_MOST_EVERY);
	}

}
