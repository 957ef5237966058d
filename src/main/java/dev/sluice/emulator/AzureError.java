package dev.sluice.emulator;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.sluice.execution.Ids;
import reactor.core.publisher.Mono;

import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * An error of the pool itself, as Azure writes them.
 */
final class AzureError extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final int status;

	private final String code;

	AzureError(int status, String code, String message) {
		super(message, null, false, false);
		this.status = status;
		this.code = code;
	}

	Mono<ServerResponse> response() {
		Map<String, Object> error = new LinkedHashMap<>();
		error.put("code", this.code);
		error.put("message", getMessage());
		error.put("target", null);
		error.put("traceId", Ids.next());
		return ServerResponse.status(this.status)
			.contentType(MediaType.APPLICATION_JSON)
			.header("x-ms-error-code", this.code)
			.bodyValue(Map.of("error", error));
	}

}
