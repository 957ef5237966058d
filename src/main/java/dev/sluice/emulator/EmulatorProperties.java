package dev.sluice.emulator;

import java.net.URI;
import java.time.Duration;

import dev.sluice.settings.HttpAddress;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The emulated pool's settings.
 *
 * @param token the bearer token that the pool accepts; it must be set for the process
 * emulator, and a pool inside a gateway has a random one
 * @param identifiers whether a request without identifier is refused, as most pools do,
 * or given a session of its own
 * @param ready how many sessions are kept ready for new identifiers
 * @param maxSessions how many sessions there may be
 * @param cooldown how long a session is kept after its last request
 * @param allocationTime how long a new session takes to be there
 * @param ingressTimeout how long a request may take, all of its answer's body included;
 * it is fixed in Azure
 * @param fullStatus the status of a full pool, 429 or 404: both are known of real ones
 * @param adapterUrl the adapter that stands in every session; without it each session has
 * one of its own inside this process
 * @param faults how often executions are failed
 */
@Validated
@ConfigurationProperties("sluice.emulator")
record EmulatorProperties(@Nullable String token, @DefaultValue("optional") IdentifierRule identifiers,
		@DefaultValue("2") @Min(0) int ready, @DefaultValue("100") @Min(1) int maxSessions,
		@DefaultValue("300s") @Positive Duration cooldown, @DefaultValue("0s") @PositiveOrZero Duration allocationTime,
		@DefaultValue("240s") @Positive Duration ingressTimeout, @DefaultValue("429") int fullStatus,
		@Nullable @HttpAddress URI adapterUrl,
		@DefaultValue @Valid @NestedConfigurationProperty FaultsProperties faults) {

	/** What becomes of a request without identifier. */
	enum IdentifierRule {

		/** It is refused with a 400. */
		REQUIRED,

		/** It is refused with a 400 where it has an api-version, as one team saw it. */
		REQUIRED_WITH_API_VERSION,

		/** It gets a session that ends behind it. */
		OPTIONAL

	}

	@AssertTrue(message = "must be 429 or 404")
	boolean isFullStatusKnown() {
		return this.fullStatus == 429 || this.fullStatus == 404;
	}

	@Override
	public String toString() {
		return "EmulatorProperties[" + this.identifiers + ", " + this.maxSessions + " sessions]";
	}

}
