package dev.sluice.http;

import java.time.Duration;

import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.piston.PistonFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Turns what a server's handlers fail with into an error body. Where a response has
 * already left, the connection is broken instead.
 */
public final class FailureHandler implements WebExceptionHandler, Ordered {

	/** The request header that a client's key may come in. */
	public static final String API_KEY = "X-API-Key";

	private static final Logger logger = LoggerFactory.getLogger(FailureHandler.class);

	/** Before Spring Boot's own. */
	private static final int ORDER = -2;

	private static final long NANOS = Duration.ofSeconds(1).toNanos();

	@Override
	public int getOrder() {
		return ORDER;
	}

	@Override
	public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
		if (!(error instanceof ExecutionFailure) && DisconnectedClientHelper.isClientDisconnectedException(error)) {
			logger.debug("A client left", error);
			return Mono.empty();
		}
		ServerHttpResponse response = exchange.getResponse();
		ExecutionFailure failure = failure(error);
		if (!response.setStatusCode(HttpStatusCode.valueOf(PistonFailure.status(failure.code())))) {
			return Mono.error(error);
		}
		response.getHeaders().set(HttpHeaders.CONTENT_TYPE, Replies.JSON);
		response.getHeaders().remove(HttpHeaders.CONTENT_LENGTH);
		if (failure.code() == FailureCode.UNAUTHENTICATED) {
			response.getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, challenge(exchange.getRequest().getHeaders()));
		}
		Duration retryAfter = failure.retryAfter();
		if (retryAfter != null) {
			long seconds = retryAfter.plusNanos(NANOS - 1).toSeconds();
			response.getHeaders().set(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, seconds)));
		}
		if (failure.code() == FailureCode.DRAINING) {
			response.getHeaders().set(HttpHeaders.CONNECTION, "close");
		}
		byte[] body = PistonFailure.write(failure);
		return Leftover.read(exchange)
			.then(Mono.defer(() -> response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(body)))));
	}

	/** As RFC 6750 has it: who showed nothing is told of no error. */
	private static String challenge(HttpHeaders headers) {
		boolean shown = headers.containsHeader(HttpHeaders.AUTHORIZATION) || headers.containsHeader(API_KEY);
		return shown ? "Bearer realm=\"sluice\", error=\"invalid_token\"" : "Bearer realm=\"sluice\"";
	}

	private static ExecutionFailure failure(Throwable error) {
		if (error instanceof ExecutionFailure failure) {
			return failure;
		}
		if (error instanceof ResponseStatusException refused && refused.getStatusCode().is4xxClientError()) {
			return ExecutionFailure.refused(FailureCode.INVALID_REQUEST,
					"The request can't be read: " + reason(refused));
		}
		logger.error("A request failed by a fault of ours", error);
		return ExecutionFailure.broken(FailureCode.INTERNAL, Executed.UNKNOWN,
				"The request failed by a fault of ours; the log says more");
	}

	private static String reason(ResponseStatusException refused) {
		return (refused.getReason() != null) ? refused.getReason() : refused.getStatusCode().toString();
	}

}
