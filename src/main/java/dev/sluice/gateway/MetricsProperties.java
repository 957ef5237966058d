package dev.sluice.gateway;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

import dev.sluice.settings.HttpAddress;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What is counted, and where it is sent beside {@code /actuator/prometheus}.
 *
 * @param httpRequests whether Spring's http.server.requests is kept for each request, at
 * its price
 * @param endpoint where a collector takes metrics by OTLP over HTTP, such as
 * http://127.0.0.1:4318/v1/metrics; nothing is sent where there is none
 * @param headers what each request to it bears beside, such as a key; none by default
 * @param interval how often they are sent
 */
@Validated
@ConfigurationProperties("sluice.metrics")
record MetricsProperties(@DefaultValue("false") boolean httpRequests, @Nullable @HttpAddress URI endpoint,
		@DefaultValue Map<String, String> headers, @DefaultValue("1m") @DurationMin(millis = 100) Duration interval) {

	/** A header may be a key. */
	@Override
	public String toString() {
		return "MetricsProperties[httpRequests=" + this.httpRequests + ", endpoint=" + this.endpoint + "]";
	}

}
