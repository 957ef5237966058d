package dev.sluice.pool;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells the words of Azure, <code>{"error":{"code":…,"message":…}}</code> or plain text,
 * from those of what listens behind it, <code>{"message":…}</code>, in which a client's
 * own words may come back.
 */
final class AzureWords {

	/** The header that Azure's own errors bear. */
	static final String ERROR_CODE = "x-ms-error-code";

	/** Reported of live pools; no other 400 asks for an identifier. */
	private static final Pattern MISSING_IDENTIFIER = Pattern
		.compile("(?i)missing required parameter\\W{1,3}identifier\\W{0,3}");

	private static final JsonMapper JSON = warm();

	private AzureWords() {
	}

	/**
	 * Whether a 400 asks for an identifier.
	 * @param body its body
	 * @return whether it says that, and nothing else
	 */
	static boolean askForIdentifier(String body) {
		JsonNode json = json(body);
		String words = json.isMissingNode() ? body : json.path("error").path("message").asString("");
		return MISSING_IDENTIFIER.matcher(words.strip()).matches();
	}

	/**
	 * What a Piston, or what else is behind the pool, says.
	 * @param body an error's body
	 * @return its message; null where it has not a Piston's shape
	 */
	static @Nullable String pistonsMessage(String body) {
		JsonNode message = json(body).path("message");
		return message.isString() ? message.stringValue() : null;
	}

	private static JsonNode json(String body) {
		if (!body.stripLeading().startsWith("{")) {
			return JSON.missingNode();
		}
		try {
			return JSON.readTree(body);
		}
		catch (JacksonException ex) {
			return JSON.missingNode();
		}
	}

	/** Its first use takes a lock, which no event loop may wait for. */
	private static JsonMapper warm() {
		JsonMapper mapper = new JsonMapper();
		mapper.readTree("{}");
		return mapper;
	}

}
