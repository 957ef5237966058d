package dev.sluice.gateway;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is counted beside executions and pools.
 *
 * @param httpRequests whether Spring's {@code http.server.requests} is kept for each
 * request, at its price
 */
@ConfigurationProperties("sluice.metrics")
record MetricsProperties(@DefaultValue("false") boolean httpRequests) {
}
