package dev.sluice.http;

import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Has browsers take an answer for what it is: data, nobody's page, and nothing to keep.
 */
final class SecurityHeaders implements WebFilter, Ordered {

	/** Before all that may answer by itself. */
	@Override
	public int getOrder() {
		return HostRule.ORDER - 1;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		HttpHeaders headers = exchange.getResponse().getHeaders();
		headers.set("X-Content-Type-Options", "nosniff");
		headers.set(HttpHeaders.CACHE_CONTROL, "no-store");
		headers.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
		headers.set("Referrer-Policy", "no-referrer");
		return chain.filter(exchange);
	}

}
