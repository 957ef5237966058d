package dev.sluice.emulator;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.sluice.execution.Ids;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * An error of the pool itself, as Azure writes them.
 */
final class AzureError extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private static final JsonMapper JSON = new JsonMapper();

	/** As users of live pools report it. */
	static final String FULL = "Error happened when allocating pod: the pool has no session left";

	private final int status;

	private final String code;

	AzureError(int status, String code, String message) {
		super(message, null, false, false);
		this.status = status;
		this.code = code;
	}

	/**
	 * The error of a request that should have named its session.
	 * @return the error
	 */
	static AzureError missingIdentifier() {
		return new AzureError(400, "SessionRequestValidationFailed", "Missing required parameter 'identifier'");
	}

	Mono<ServerResponse> response() {
		return ServerResponse.ok().build((exchange, context) -> write(exchange.getResponse()));
	}

	Mono<Void> write(ServerHttpResponse response) {
		Map<String, Object> error = new LinkedHashMap<>();
		error.put("code", this.code);
		error.put("message", getMessage());
		error.put("target", null);
		error.put("traceId", Ids.next());
		response.setStatusCode(HttpStatusCode.valueOf(this.status));
		response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
		response.getHeaders().set("x-ms-error-code", this.code);
		DataBuffer body = response.bufferFactory().wrap(JSON.writeValueAsBytes(Map.of("error", error)));
		return response.writeWith(Mono.just(body));
	}

}
