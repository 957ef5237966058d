package dev.sluice.load;

import io.gatling.http.response.Response;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an answer is to the client whose program it is about.
 */
enum Outcome {

	/** A verdict, with what this very program prints. */
	ANSWERED,

	/** A 429 or 503 with {@code Retry-After}: not now. */
	REFUSED,

	/** Another failure with a message and a code. */
	FAILED,

	/** Anything else, such as another program's output. */
	WRONG;

	private static final JsonMapper JSON = new JsonMapper();

	/**
	 * An answer that was looked at.
	 *
	 * @param outcome what it is
	 * @param code the failure's code; empty where it is none
	 */
	record Judged(Outcome outcome, String code) {
	}

	/**
	 * Looks at an answer.
	 * @param response the answer
	 * @param word what the program prints
	 * @return what it is
	 */
	static Judged of(Response response, String word) {
		JsonNode body = body(response);
		int status = response.status().code();
		if (status == 200) {
			boolean own = body.at("/run/stdout").asString("").equals(word + "\n");
			return new Judged(own ? ANSWERED : WRONG, "");
		}
		String code = body.path("code").asString("");
		if (code.isEmpty() || body.path("message").asString("").isEmpty()) {
			return new Judged(WRONG, "");
		}
		boolean later = (status == 429 || status == 503) && response.headers().contains("Retry-After");
		return new Judged(later ? REFUSED : FAILED, code);
	}

	private static JsonNode body(Response response) {
		try {
			return JSON.readTree(response.body().string());
		}
		catch (JacksonException ex) {
			return JSON.createObjectNode();
		}
	}

}
