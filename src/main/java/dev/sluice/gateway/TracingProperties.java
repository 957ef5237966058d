package dev.sluice.gateway;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

import dev.sluice.settings.HttpAddress;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Positive;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where executions' spans are sent. Trace context is taken in and passed on in any case.
 *
 * @param endpoint where a collector takes traces by OTLP over HTTP, such as
 * http://127.0.0.1:4318/v1/traces; nothing is sent where there is none
 * @param headers what each request to it bears beside, such as a key; none by default
 * @param sampling the share of traces that begin here and are recorded, from 0 to 1; who
 * brings a trace decides on it
 * @param interval how long spans are gathered before they are sent
 * @param timeout how long the collector may take
 * @param maxPending how many spans may wait to be sent; further ones are dropped
 */
@Validated
@ConfigurationProperties("sluice.tracing")
record TracingProperties(@Nullable @HttpAddress URI endpoint, @DefaultValue Map<String, String> headers,
		@DefaultValue("1.0") @DecimalMin("0") @DecimalMax("1") double sampling,
		@DefaultValue("5s") @Positive Duration interval, @DefaultValue("10s") @Positive Duration timeout,
		@DefaultValue("2048") @Min(512) int maxPending) {

	/** A header may be a key. */
	@Override
	public String toString() {
		return "TracingProperties[endpoint=" + this.endpoint + ", sampling=" + this.sampling + "]";
	}

}
