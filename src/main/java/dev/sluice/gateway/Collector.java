package dev.sluice.gateway;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

import io.micrometer.registry.otlp.OtlpConfig;
import org.jspecify.annotations.Nullable;

/**
 * Where metrics are sent by OTLP.
 *
 * @param endpoint the collector
 * @param service what this process is called
 * @param headers what each request bears beside
 * @param step how often they are sent
 */
record Collector(URI endpoint, String service, Map<String, String> headers, Duration step) implements OtlpConfig {

	@Override
	public @Nullable String get(String key) {
		return null;
	}

	@Override
	public String url() {
		return this.endpoint.toString();
	}

	@Override
	public Map<String, String> resourceAttributes() {
		return Map.of("service.name", this.service);
	}

	/** A header may be a key. */
	@Override
	public String toString() {
		return "Collector[" + this.endpoint + "]";
	}

}
