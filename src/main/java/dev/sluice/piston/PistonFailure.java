package dev.sluice.piston;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The error body, and the status that goes with it. A fault of the client's own request
 * is told in Piston's shape, {@code {"message": …}}; what failed on the way also has
 * {@code code}, {@code executed}, {@code retryable}, {@code attempts} and, where they are
 * known, {@code pool} and {@code trace_id}.
 */
public final class PistonFailure {

	private static final JsonMapper JSON = Json.MAPPER;

	private PistonFailure() {
	}

	/**
	 * The HTTP status of a failure.
	 * @param code what failed
	 * @return the status, which never is that of the pool
	 */
	public static int status(FailureCode code) {
		return switch (code) {
			case INVALID_REQUEST -> 400;
			case UNAUTHENTICATED -> 401;
			case HOST_REFUSED, ORIGIN_REFUSED -> 403;
			case NOT_FOUND -> 404;
			case BODY_TIMEOUT -> 408;
			case BODY_TOO_LARGE -> 413;
			case UNSUPPORTED_MEDIA_TYPE -> 415;
			case ENGINE_BUSY, QUOTA_EXCEEDED -> 429;
			case INTERNAL -> 500;
			case UNSUPPORTED -> 501;
			case NO_POOL, TOKEN_UNAVAILABLE, POOL_UNAUTHORIZED, POOL_FORBIDDEN, POOL_PATH_NOT_FOUND,
					POOL_IDENTIFIER_REQUIRED, POOL_IDENTIFIER_REFUSED, POOL_REQUEST_REFUSED, POOL_UNREACHABLE,
					POOL_NOT_READY, POOL_BROKE, POOL_ANSWER_INVALID, ENGINE_UNAVAILABLE, SANDBOX_FAILED ->
				502;
			case POOL_FULL, POOL_UNAVAILABLE, OVERLOADED, SESSION_BUSY, DRAINING, ISSUER_UNAVAILABLE -> 503;
			case POOL_TIMEOUT, DEADLINE_EXCEEDED -> 504;
		};
	}

	/**
	 * Writes an error body.
	 * @param failure the failure
	 * @return the JSON in UTF-8
	 */
	public static byte[] write(ExecutionFailure failure) {
		return write(null, failure);
	}

	/**
	 * Writes Piston's message of a WebSocket that fails.
	 * @param failure the failure
	 * @return the JSON in UTF-8
	 */
	public static byte[] writeMessage(ExecutionFailure failure) {
		return write("error", failure);
	}

	private static byte[] write(@Nullable String type, ExecutionFailure failure) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
		try (JsonGenerator json = JSON.createGenerator(bytes)) {
			json.writeStartObject();
			writeOptional(json, "type", type);
			json.writeStringProperty("message", wellFormed(failure.message()));
			if (!isPistons(failure.code())) {
				writeDetails(json, failure);
			}
			json.writeEndObject();
		}
		return bytes.toByteArray();
	}

	/** All that is known beside the message. */
	static void writeDetails(JsonGenerator json, ExecutionFailure failure) {
		json.writeStringProperty("code", failure.code().text());
		json.writeStringProperty("executed", failure.executed().name().toLowerCase(Locale.ROOT));
		json.writeBooleanProperty("retryable", failure.retryable());
		json.writeNumberProperty("attempts", failure.attempts());
		writeOptional(json, "pool", failure.pool());
		writeOptional(json, "trace_id", failure.traceId());
	}

	/** A client may have sent half a surrogate pair, and hears its own words. */
	private static String wellFormed(String message) {
		return new String(message.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
	}

	private static void writeOptional(JsonGenerator json, String name, @Nullable String value) {
		if (value != null) {
			json.writeStringProperty(name, value);
		}
	}

	/**
	 * Reads an error body that an adapter of ours wrote.
	 * @param status the HTTP status that came with it
	 * @param body the JSON
	 * @return the failure; null where the bytes are no such body
	 */
	public static @Nullable ExecutionFailure read(int status, String body) {
		try {
			JsonNode tree = JSON.readTree(body);
			if (!tree.path("message").isString()) {
				return null;
			}
			String message = tree.path("message").stringValue();
			return tree.has("code") ? read(tree, message) : pistons(status, message);
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	private static @Nullable ExecutionFailure read(JsonNode tree, String message) {
		for (FailureCode code : FailureCode.values()) {
			if (code.text().equals(tree.path("code").asString(""))) {
				return ExecutionFailure.of(code, message, executed(tree.path("executed").asString("")),
						tree.path("retryable").asBoolean(false));
			}
		}
		return null;
	}

	private static Executed executed(String word) {
		return switch (word) {
			case "no" -> Executed.NO;
			case "yes" -> Executed.YES;
			default -> Executed.UNKNOWN;
		};
	}

	private static @Nullable ExecutionFailure pistons(int status, String message) {
		for (FailureCode code : FailureCode.values()) {
			if (isPistons(code) && status(code) == status) {
				return ExecutionFailure.refused(code, message);
			}
		}
		return null;
	}

	private static boolean isPistons(FailureCode code) {
		return switch (code) {
			case INVALID_REQUEST, NOT_FOUND, BODY_TIMEOUT, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE -> true;
			default -> false;
		};
	}

}
