package dev.sluice.pool;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A pool's cached token: one call to the credential at a time, whatever the load, and
 * none while the token is good for another five minutes. A failure is not kept.
 */
final class Tokens {

	private static final Logger logger = LoggerFactory.getLogger(Tokens.class);

	private static final Duration RENEWED_BEFORE_EXPIRY = Duration.ofMinutes(5);

	private static final int SHOWN = 1000;

	private final Mono<AccessToken> token;

	Tokens(String pool, TokenCredential credential, String scope, Duration timeout) {
		TokenRequestContext request = new TokenRequestContext().addScopes(scope);
		this.token = Mono.defer(() -> credential.getToken(request))
			// A credential may block: it reads files, calls commands, or waits for a
			// lock.
			.subscribeOn(Schedulers.boundedElastic())
			.timeout(timeout)
			.onErrorMap((ex) -> failure(pool, scope, ex))
			.cacheInvalidateIf(Tokens::isOld);
	}

	/**
	 * A token that is good now.
	 * @return the token; an {@link ExecutionFailure} with
	 * {@link FailureCode#TOKEN_UNAVAILABLE} where none can be had
	 */
	Mono<AccessToken> get() {
		return this.token;
	}

	private static boolean isOld(AccessToken token) {
		return token.getExpiresAt().minus(RENEWED_BEFORE_EXPIRY).isBefore(OffsetDateTime.now(ZoneOffset.UTC));
	}

	private static ExecutionFailure failure(String pool, String scope, Throwable cause) {
		String why = String.valueOf(cause.getMessage()).replaceAll("\\s+", " ");
		logger.warn("No token for pool {} with scope {}: {}", pool, scope,
				(why.length() > SHOWN) ? why.substring(0, SHOWN) + "…" : why);
		logger.debug("That was", cause);
		return ExecutionFailure.passing(FailureCode.TOKEN_UNAVAILABLE,
				"No token could be had for pool '" + pool + "' with scope " + scope + " ("
						+ cause.getClass().getSimpleName()
						+ "; the log says more): check the pool's credential.kind, and that this identity exists");
	}

}
