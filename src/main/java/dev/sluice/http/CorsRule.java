package dev.sluice.http;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Tells browsers which web pages may call (CORS, as the WHATWG's Fetch has it). A page
 * that may not is served as anybody, and its browser keeps the answer from it.
 */
public final class CorsRule implements WebFilter, Ordered {

	/** The response header that names an execution. */
	public static final String EXECUTION_ID = "X-Execution-Id";

	/** The response header that says where an execution's time went. */
	public static final String SERVER_TIMING = "Server-Timing";

	private static final String METHODS = "GET, POST, HEAD, OPTIONS";

	private static final String REQUEST_HEADERS = "Accept, Authorization, Content-Encoding, Content-Type, "
			+ "Idempotency-Key, X-API-Key, X-Priority, X-Request-Timeout, X-Session-Id";

	private static final String RESPONSE_HEADERS = String.join(", ", HttpHeaders.RETRY_AFTER, SERVER_TIMING,
			EXECUTION_ID, HttpHeaders.WWW_AUTHENTICATE, RateLimitFields.LEFT, RateLimitFields.POLICY);

	private final Origins origins;

	private final String maxAge;

	CorsRule(Origins origins, Duration maxAge) {
		this.origins = origins;
		this.maxAge = Long.toString(maxAge.toSeconds());
	}

	/** Behind the rule of hosts. */
	@Override
	public int getOrder() {
		return HostRule.ORDER + 1;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		if (this.origins.isNone()) {
			return chain.filter(exchange);
		}
		HttpHeaders headers = exchange.getResponse().getHeaders();
		if (!this.origins.isAny()) {
			headers.add(HttpHeaders.VARY, HttpHeaders.ORIGIN);
		}
		String origin = exchange.getRequest().getHeaders().getOrigin();
		if (origin == null || !this.origins.allows(origin)) {
			return chain.filter(exchange);
		}
		headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, this.origins.isAny() ? Origins.ANY : origin);
		if (isPreflight(exchange.getRequest())) {
			return preflight(exchange.getResponse());
		}
		headers.set(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, RESPONSE_HEADERS);
		return chain.filter(exchange);
	}

	private Mono<Void> preflight(ServerHttpResponse response) {
		HttpHeaders headers = response.getHeaders();
		headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS);
		headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
		headers.set(HttpHeaders.ACCESS_CONTROL_MAX_AGE, this.maxAge);
		response.setStatusCode(HttpStatus.NO_CONTENT);
		return response.setComplete();
	}

	private static boolean isPreflight(ServerHttpRequest request) {
		@Nullable String asked = request.getHeaders().getFirst(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
		return asked != null && request.getMethod().equals(HttpMethod.OPTIONS);
	}

}
