package dev.sluice.piston;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.execution.LanguageRuntime;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The 200 of {@code GET /api/v2/runtimes}.
 */
public final class PistonRuntimes {

	private static final JsonMapper JSON = Json.MAPPER;

	private PistonRuntimes() {
	}

	/**
	 * Writes a list of runtimes.
	 * @param runtimes the runtimes
	 * @return the JSON in UTF-8
	 */
	public static byte[] write(List<LanguageRuntime> runtimes) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
		try (JsonGenerator json = JSON.createGenerator(bytes)) {
			json.writeStartArray();
			runtimes.forEach((runtime) -> write(json, runtime));
			json.writeEndArray();
		}
		return bytes.toByteArray();
	}

	/**
	 * Writes a list of runtimes as one of packages, all of which are installed.
	 * @param runtimes the runtimes
	 * @return the JSON in UTF-8
	 */
	public static byte[] writePackages(List<LanguageRuntime> runtimes) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
		try (JsonGenerator json = JSON.createGenerator(bytes)) {
			json.writeStartArray();
			runtimes.forEach((runtime) -> {
				json.writeStartObject();
				json.writeStringProperty("language", runtime.language());
				json.writeStringProperty("language_version", runtime.version());
				json.writeBooleanProperty("installed", true);
				json.writeEndObject();
			});
			json.writeEndArray();
		}
		return bytes.toByteArray();
	}

	/**
	 * Reads a list of runtimes.
	 * @param body the JSON in UTF-8
	 * @return the runtimes; null where the bytes are no such list
	 */
	public static @Nullable List<LanguageRuntime> read(byte[] body) {
		try {
			JsonNode tree = JSON.readTree(body);
			return tree.isArray() ? read(tree) : null;
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	private static List<LanguageRuntime> read(JsonNode list) {
		List<LanguageRuntime> runtimes = new ArrayList<>(list.size());
		for (JsonNode entry : list) {
			List<String> aliases = new ArrayList<>();
			entry.path("aliases").forEach((alias) -> aliases.add(alias.asString()));
			JsonNode runtime = entry.path("runtime");
			runtimes.add(new LanguageRuntime(entry.path("language").asString(), entry.path("version").asString(),
					aliases, runtime.isString() ? runtime.stringValue() : null));
		}
		return runtimes;
	}

	private static void write(JsonGenerator json, LanguageRuntime runtime) {
		json.writeStartObject();
		json.writeStringProperty("language", runtime.language());
		json.writeStringProperty("version", runtime.version());
		json.writeArrayPropertyStart("aliases");
		runtime.aliases().forEach(json::writeString);
		json.writeEndArray();
		if (runtime.runtime() != null) {
			json.writeStringProperty("runtime", runtime.runtime());
		}
		json.writeEndObject();
	}

}
