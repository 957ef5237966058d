package dev.sluice.pool;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

import dev.sluice.settings.HttpAddress;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * A session pool.
 *
 * @param name what it is called in messages, logs and metrics; each pool must have a name
 * of its own
 * @param kind what answers at the endpoint
 * @param endpoint the pool's management endpoint,
 * https://POOL.ENVIRONMENT.REGION.azurecontainerapps.io, or a Piston's address; it must
 * be set
 * @param path where in the session executions go; by default /python/execute, and
 * /api/v2/execute for a Piston
 * @param runtimesPath where in the session the runtimes are listed
 * @param runtimesRefresh how often they are asked for
 * @param apiVersion the api-version sent with executions; empty sends none
 * @param managementApiVersion the api-version sent with management calls
 * @param languages the languages that it is used for; empty means all that it has
 * @param priority pools with a lower number are used first
 * @param weight its share among the pools of its priority
 * @param identifier how sessions are named
 * @param lease how sessions are used again
 * @param stickySecret the key by which identifiers are made of clients' session names, 16
 * characters or more; it must be set where identifier is sticky, and only there
 * @param credential how tokens are had
 * @param breaker when it is passed over
 * @param connectTimeout how long opening a connection may take
 * @param responseTimeout how long an answer may take to begin, and to go on; below the
 * ingress's own 240 s
 * @param timeLimit how long the pool may have an execution, whatever its own deadline;
 * the ingress ends it after about 240 s
 * @param idleTimeout how long an unused connection is kept; below the ingress's own 240 s
 * @param maxConnections how many connections may be open at once; one that nobody needs
 * is not opened, so that a high number costs nothing
 * @param limit how many executions it may have at once
 * @param acquireTimeout how long an execution may wait for a connection
 * @param holdBack how much of an answer is held back until it is whole, so that a break
 * becomes an error and not half an answer
 */
@ConfigurationPropertiesSource
record PoolProperties(@DefaultValue("pool") @NotBlank String name, @DefaultValue("custom-container") Kind kind,
		@NotNull(message = "is missing: set it to the pool's management endpoint") @HttpAddress URI endpoint,
		@Nullable @Pattern(regexp = "/.*", message = "must begin with /") String path,
		@DefaultValue("/api/v2/runtimes") @Pattern(regexp = "/.*", message = "must begin with /") String runtimesPath,
		@DefaultValue("5m") @Positive Duration runtimesRefresh, @DefaultValue(USUAL_API_VERSION) String apiVersion,
		@DefaultValue("2025-02-02-preview") @NotBlank String managementApiVersion, @DefaultValue List<String> languages,
		@DefaultValue("1") int priority, @DefaultValue("1") @Min(1) int weight,
		@DefaultValue("auto") IdentifierMode identifier,
		@DefaultValue @Valid @NestedConfigurationProperty LeaseProperties lease,
		@Nullable @Size(min = 16, message = "must have 16 characters or more") String stickySecret,
		@DefaultValue @Valid @NestedConfigurationProperty CredentialProperties credential,
		@DefaultValue @Valid @NestedConfigurationProperty BreakerProperties breaker,
		@DefaultValue("5s") @Positive Duration connectTimeout, @DefaultValue("230s") @Positive Duration responseTimeout,
		@DefaultValue("220s") @Positive Duration timeLimit, @DefaultValue("200s") @Positive Duration idleTimeout,
		@DefaultValue("10000") @Min(1) int maxConnections,
		@DefaultValue @Valid @NestedConfigurationProperty LimitProperties limit,
		@DefaultValue("10s") @Positive Duration acquireTimeout,
		@DefaultValue("512KB") @PositiveOrZero DataSize holdBack) {

	/** What Sluice's first users sent with executions. */
	static final String USUAL_API_VERSION = "2024-02-02-preview";

	/** What answers at a pool's endpoint. */
	enum Kind {

		/**
		 * A pool of sessions with a container of one's own, in which an adapter listens.
		 */
		CUSTOM_CONTAINER,

		/** A Piston, without token and identifier. */
		PISTON

	}

	/** How sessions are named. */
	enum IdentifierMode {

		/**
		 * None, until the pool asks for one; from then on leased.
		 */
		AUTO,

		/** No identifier is sent; the pool allocates, where it does so. */
		NONE,

		/**
		 * A new random identifier for each execution, whose session is stopped behind it.
		 */
		FRESH,

		/** Random identifiers that are used again. */
		LEASE,

		/** Identifiers made of who asks and what he calls his session. */
		STICKY

	}

	/** Where executions go. */
	String executePath() {
		if (this.path != null) {
			return this.path;
		}
		return switch (this.kind) {
			case CUSTOM_CONTAINER -> "/python/execute";
			case PISTON -> "/api/v2/execute";
		};
	}

	/** The api-version that goes with executions; empty where none does. */
	String sentApiVersion() {
		return switch (this.kind) {
			case CUSTOM_CONTAINER -> this.apiVersion;
			case PISTON -> "";
		};
	}

	/** What is in force, without secrets. */
	String description() {
		String way = switch (this.kind) {
			case CUSTOM_CONTAINER ->
				"identifier " + word(this.identifier) + ", credential " + this.credential.description();
			case PISTON -> "a plain Piston";
		};
		return way + ", " + mostExecutions() + " executions at once, path " + executePath();
	}

	/** A choice as one sets it. */
	static String word(Enum<?> choice) {
		return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/** How many executions it may have at once, at most. */
	int mostExecutions() {
		Integer given = this.limit.max();
		return (given != null) ? given : Math.max(this.limit.min(), usualMost());
	}

	/** What is sent without an identifier is bounded by nothing else. */
	private int usualMost() {
		if (this.kind == Kind.PISTON) {
			return this.maxConnections;
		}
		long leased = (long) this.lease.maxSessions() * this.lease.executionsPerSession();
		return switch (this.identifier) {
			case AUTO, NONE -> this.maxConnections;
			case FRESH -> Math.min(this.lease.maxSessions(), this.maxConnections);
			case LEASE -> (int) Math.min(leased, this.maxConnections);
			// Those that clients name, and those that are leased to who names none.
			case STICKY -> (int) Math.min(2 * leased, this.maxConnections);
		};
	}

	@AssertTrue(message = "must be set (16 characters or more) where, and only where, identifier is sticky")
	boolean isStickySecretSetWhereNeeded() {
		return (this.stickySecret != null) == (this.identifier == IdentifierMode.STICKY);
	}

	@Override
	public String toString() {
		return "PoolProperties[" + this.name + ", " + this.kind + ", " + this.endpoint + "]";
	}

}
