package dev.sluice.pool;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicBoolean;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.identity.AzureCliCredentialBuilder;
import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import dev.sluice.pool.CredentialProperties.Kind;
import reactor.core.publisher.Mono;

/**
 * Makes the credential that a pool's settings ask for.
 */
final class Credentials {

	/** A given token does not tell its age, so it is looked at again after this time. */
	private static final Duration GIVEN_TOKENS_LAST = Duration.ofMinutes(6);

	private Credentials() {
	}

	/**
	 * The credential, made when it is first asked for: what its environment lacks is then
	 * a token that can't be had, and no obstacle to a start.
	 */
	static TokenCredential of(CredentialProperties properties) {
		return of(properties.kind(), Mono.fromCallable(() -> make(properties)));
	}

	/**
	 * A credential that is made anew where it is asked past its cache: what it holds in
	 * memory then is nothing.
	 */
	static TokenCredential of(Kind kind, Mono<TokenCredential> maker) {
		AtomicBoolean anew = new AtomicBoolean();
		Mono<TokenCredential> credential = maker.cacheInvalidateIf((made) -> anew.compareAndSet(true, false));
		return (request) -> {
			anew.set(request.getClaims() != null);
			return credential.flatMap((made) -> token(kind, made, request));
		};
	}

	/**
	 * What a request carries that must not be answered from a cache. azure-identity and
	 * MSAL go past theirs for any claims (seen in azure-identity 1.19.0), also past the
	 * one that managed identities share.
	 * @param now the time
	 * @return claims that a new token meets
	 */
	static String pastTheCache(Instant now) {
		return "{\"access_token\":{\"nbf\":{\"essential\":true,\"value\":\"" + now.getEpochSecond() + "\"}}}";
	}

	/** Who has no cache refuses claims, and a chain may end at such a one. */
	private static Mono<AccessToken> token(Kind kind, TokenCredential credential, TokenRequestContext request) {
		if (request.getClaims() == null) {
			return credential.getToken(request);
		}
		TokenRequestContext plain = new TokenRequestContext().setScopes(request.getScopes());
		return switch (kind) {
			case DEFAULT, MANAGED_IDENTITY, WORKLOAD_IDENTITY ->
				credential.getToken(request).onErrorResume((error) -> Mono.defer(() -> credential.getToken(plain)));
			case CLI, STATIC -> credential.getToken(plain);
		};
	}

	private static TokenCredential make(CredentialProperties properties) {
		return switch (properties.kind()) {
			case DEFAULT -> withDefaults(properties);
			case MANAGED_IDENTITY -> new ManagedIdentityCredentialBuilder().clientId(properties.clientId()).build();
			case WORKLOAD_IDENTITY -> new WorkloadIdentityCredentialBuilder().clientId(properties.clientId()).build();
			case CLI -> new AzureCliCredentialBuilder().build();
			case STATIC -> (request) -> Mono.fromCallable(() -> given(properties));
		};
	}

	private static TokenCredential withDefaults(CredentialProperties properties) {
		DefaultAzureCredentialBuilder builder = new DefaultAzureCredentialBuilder();
		if (properties.clientId() != null) {
			builder.managedIdentityClientId(properties.clientId()).workloadIdentityClientId(properties.clientId());
		}
		return builder.build();
	}

	private static AccessToken given(CredentialProperties properties) throws IOException {
		String token = properties.token();
		if (properties.tokenFile() != null) {
			token = Files.readString(properties.tokenFile()).strip();
		}
		return new AccessToken(token, OffsetDateTime.now(ZoneOffset.UTC).plus(GIVEN_TOKENS_LAST));
	}

}
