package dev.sluice.piston;

import tools.jackson.databind.json.JsonMapper;

/**
 * What this room reads and writes JSON with.
 */
final class Json {

	/**
	 * Used once already: its first use takes a lock, which no event loop may wait for.
	 */
	static final JsonMapper MAPPER = warm();

	private Json() {
	}

	private static JsonMapper warm() {
		JsonMapper mapper = new JsonMapper();
		mapper.readTree("{}");
		return mapper;
	}

}
