package dev.sluice.admission;

import java.net.URI;
import java.time.Duration;

import dev.sluice.execution.Priority;
import dev.sluice.settings.HttpAddress;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whose tokens (JWT) are taken.
 *
 * @param issuer who signs them, to the letter as they name him (iss); it must be set
 * @param audience who they must be for (aud): this gateway, by the name that the issuer
 * knows it by; it must be set
 * @param jwkSetUri where the issuer's keys are; by default it is asked for at
 * /.well-known/openid-configuration below the issuer
 * @param nameClaim the claim that names the client
 * @param timeout how long a request waits for the issuer's keys
 * @param priority the most that these clients' executions may claim
 * @param rate how many executions each of them may begin a second; by default as in
 * sluice.clients.defaults
 * @param burst how many of them it may begin at once; by default as in
 * sluice.clients.defaults
 * @param concurrency how many may be under way at once; by default as in
 * sluice.clients.defaults
 */
record JwtProperties(@NotNull(message = "is missing: set it to who signs the tokens") @HttpAddress URI issuer,
		@NotBlank(message = "is missing: without it, tokens for other services would be taken too") String audience,
		@Nullable @HttpAddress URI jwkSetUri, @DefaultValue("sub") @NotBlank String nameClaim,
		@DefaultValue("5s") @DurationMin(millis = 1, message = "must be positive") @DurationMax(minutes = 1,
				message = "must be a minute at most") Duration timeout,
		@DefaultValue("interactive") Priority priority,
		@Nullable @DecimalMin("0.001") @DecimalMax("1000000") Double rate, @Nullable @Min(1) Integer burst,
		@Nullable @Min(1) Integer concurrency) {

	Limits limits() {
		return new Limits(this.rate, this.burst, this.concurrency);
	}

}
