package dev.sluice.pool;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.identity.AzureCliCredentialBuilder;
import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import reactor.core.publisher.Mono;

/**
 * Makes the credential that a pool's settings ask for.
 */
final class Credentials {

	/** A given token does not tell its age, so it is looked at again after this time. */
	private static final Duration GIVEN_TOKENS_LAST = Duration.ofMinutes(6);

	private static final Duration FOR_GOOD = Duration.ofMillis(Long.MAX_VALUE);

	private Credentials() {
	}

	/**
	 * The credential, made when it is first asked for: what its environment lacks is then
	 * a token that can't be had, and no obstacle to a start.
	 */
	static TokenCredential of(CredentialProperties properties) {
		Mono<TokenCredential> credential = Mono.fromCallable(() -> make(properties))
			.cache((made) -> FOR_GOOD, (error) -> Duration.ZERO, () -> Duration.ZERO);
		return (request) -> credential.flatMap((made) -> made.getToken(request));
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
