package dev.sluice.admission;

import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSecurityContextJWKSet;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import dev.sluice.execution.Client;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import reactor.core.publisher.Mono;

import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtAudienceValidator;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtTypeValidator;
import org.springframework.security.oauth2.jwt.JwtValidationException;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusReactiveJwtDecoder;
import org.springframework.security.oauth2.jwt.ReactiveJwtDecoder;

/**
 * Knows clients by the tokens of an issuer.
 */
final class Issuer {

	/**
	 * What comes before the names of these clients, so that none can be called as a
	 * client with a key is.
	 */
	static final String PREFIX = "jwt:";

	/** What is checked again after a minute notices a withdrawn key soon enough. */
	private static final Duration REMEMBERED = Duration.ofMinutes(1);

	private static final int MOST_REMEMBERED = 10_000;

	private static final Set<JWSAlgorithm> ALGORITHMS = Arrays.stream(SignatureAlgorithm.values())
		.map((algorithm) -> JWSAlgorithm.parse(algorithm.getName()))
		.collect(Collectors.toUnmodifiableSet());

	/** A name of 1 to 255 characters that can be shown. */
	private static final Pattern NAME = Pattern.compile("\\P{C}{1,255}");

	private record Checked(Client client, Instant until) {
	}

	private final JwtProperties properties;

	private final ReactiveJwtDecoder decoder;

	private final Clock clock;

	/** By the tokens' digests: a signature costs more to check than all else here. */
	private final Map<ByteBuffer, Checked> checked = new ConcurrentHashMap<>();

	/**
	 * Makes it.
	 * @param properties whose tokens are taken
	 * @param keys the keys that they are signed with
	 * @param clock tells whether one is too old
	 */
	Issuer(JwtProperties properties, IssuerKeys keys, Clock clock) {
		this.properties = properties;
		this.clock = clock;
		NimbusReactiveJwtDecoder decoder = NimbusReactiveJwtDecoder.withJwkSource(keys::of)
			.jwtProcessorCustomizer((processor) -> processor
				.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, new JWKSecurityContextJWKSet())))
			.build();
		JwtTypeValidator type = new JwtTypeValidator("JWT", "at+jwt", "application/at+jwt");
		type.setAllowEmpty(true);
		JwtTimestampValidator time = new JwtTimestampValidator();
		time.setAllowEmptyExpiryClaim(false);
		time.setClock(clock);
		decoder.setJwtValidator(JwtValidators
			.createDefaultWithValidators(List.of(type, time, new JwtIssuerValidator(properties.issuer().toString()),
					new JwtAudienceValidator(properties.audience()))));
		this.decoder = decoder;
	}

	/**
	 * Whether a text has a token's form.
	 * @param text what a request shows
	 * @return whether it has three parts
	 */
	static boolean isToken(String text) {
		return text.chars().filter((character) -> character == '.').count() == 2;
	}

	/**
	 * Whose token it is.
	 * @param token the token
	 * @return the client; an {@link ExecutionFailure} with
	 * {@link FailureCode#UNAUTHENTICATED} where the token is not good, or
	 * {@link FailureCode#ISSUER_UNAVAILABLE} where nobody can tell
	 */
	Mono<Client> identify(String token) {
		ByteBuffer digest = ByteBuffer.wrap(KeyRing.digest(token));
		Checked known = this.checked.get(digest);
		if (known != null && this.clock.instant().isBefore(known.until())) {
			return Mono.just(known.client());
		}
		return this.decoder.decode(token).map((read) -> remember(digest, read)).onErrorMap(Issuer::explain);
	}

	private Client remember(ByteBuffer digest, Jwt token) {
		Client client = client(token);
		Instant soon = this.clock.instant().plus(REMEMBERED);
		Instant end = token.getExpiresAt();
		if (this.checked.size() >= MOST_REMEMBERED) {
			this.checked.clear();
		}
		this.checked.put(digest, new Checked(client, (end != null && end.isBefore(soon)) ? end : soon));
		return client;
	}

	private Client client(Jwt token) {
		Object name = token.getClaims().get(this.properties.nameClaim());
		if (!(name instanceof String text) || !NAME.matcher(text).matches()) {
			throw refused("its claim " + this.properties.nameClaim() + " is no name of 1 to 255 characters");
		}
		return new Client(PREFIX + text, this.properties.priority());
	}

	/** What is not the keys' failure is the token's. */
	private static ExecutionFailure explain(Throwable error) {
		for (Throwable cause = error; cause != null; cause = cause.getCause()) {
			if (cause instanceof ExecutionFailure known) {
				return known;
			}
		}
		return (error instanceof JwtValidationException)
				? refused(String.valueOf(error.getMessage()).replaceFirst("\\.$", ""))
				: refused("its form or its signature is wrong");
	}

	private static ExecutionFailure refused(String why) {
		return ExecutionFailure.refused(FailureCode.UNAUTHENTICATED, "The token is not accepted: " + why);
	}

}
