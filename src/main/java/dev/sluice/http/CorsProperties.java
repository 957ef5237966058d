package dev.sluice.http;

import java.time.Duration;
import java.util.Set;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.PositiveOrZero;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Which web pages may call.
 *
 * @param origins the origins that they come from, exactly as browsers name them, such as
 * https://app.example, or *; without any none may
 * @param maxAge how long a browser may remember that they may
 */
@Validated
@ConfigurationProperties("sluice.http.cors")
record CorsProperties(@DefaultValue Set<String> origins, @DefaultValue("10m") @PositiveOrZero Duration maxAge) {

	@AssertTrue(message = "must be * or origins without a path, such as https://app.example:8443")
	boolean isOriginsAsBrowsersNameThem() {
		return this.origins.stream().allMatch(Origins::isOne);
	}

}
