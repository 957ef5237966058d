package dev.sluice.pool;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How tokens for a pool are had.
 *
 * @param kind who issues them
 * @param scope what they are for
 * @param clientId which user-assigned identity or application asks, where there are
 * several
 * @param token the token itself, where the kind is static
 * @param tokenFile a file that holds it, where the kind is static; it is read again when
 * the token may be old
 * @param timeout how long the issuer may take for a token
 * @param maxWait how long an execution waits for the first token
 */
record CredentialProperties(@DefaultValue("default") Kind kind,
		@DefaultValue("https://dynamicsessions.io/.default") @NotBlank String scope, @Nullable String clientId,
		@Nullable String token, @Nullable Path tokenFile, @DefaultValue("30s") @Positive Duration timeout,
		@DefaultValue("10s") @PositiveOrZero Duration maxWait) {

	/** Who issues tokens. */
	enum Kind {

		/**
		 * azure-identity's chain: environment, workload, managed identity, then tools.
		 */
		DEFAULT,

		/** The managed identity of the Azure host. */
		MANAGED_IDENTITY,

		/** The federated identity of a Kubernetes pod. */
		WORKLOAD_IDENTITY,

		/** Who is logged in to the Azure CLI. */
		CLI,

		/** Nobody: the token is given. */
		STATIC

	}

	/** What is in force, without the token. */
	String description() {
		return PoolProperties.word(this.kind) + ((this.tokenFile != null) ? " from " + this.tokenFile : "");
	}

	@AssertTrue(message = "must be a file that can be read")
	boolean isTokenFileThere() {
		return this.tokenFile == null || Files.isReadable(this.tokenFile);
	}

	@AssertTrue(message = "must name either token or token-file, and only for the kind static")
	boolean isTokenGivenWhereNeeded() {
		boolean one = (this.token != null) != (this.tokenFile != null);
		return (this.kind == Kind.STATIC) ? one : this.token == null && this.tokenFile == null;
	}

	@Override
	public String toString() {
		return "CredentialProperties[" + this.kind + ", " + this.scope + "]";
	}

}
