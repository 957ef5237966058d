package dev.sluice.piston;

import java.io.ByteArrayOutputStream;
import java.util.List;

import dev.sluice.execution.InputItem;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a gateway tells an adapter of a running program, and the adapter's answer to it.
 * Piston has no such thing: the two agree on it by themselves.
 */
public final class InputBatch {

	private static final JsonMapper JSON = Json.MAPPER;

	private InputBatch() {
	}

	/**
	 * Writes items.
	 * @param from the number of the first of them
	 * @param items the items
	 * @return the JSON in UTF-8
	 */
	public static byte[] write(long from, List<InputItem> items) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
		try (JsonGenerator json = JSON.createGenerator(bytes)) {
			json.writeStartObject();
			json.writeNumberProperty("from", from);
			json.writeArrayPropertyStart("input");
			items.forEach((item) -> write(json, item));
			json.writeEndArray();
			json.writeEndObject();
		}
		return bytes.toByteArray();
	}

	/**
	 * Reads the answer.
	 * @param answer the JSON in UTF-8
	 * @return the number of the item that is expected next; null where the bytes say none
	 */
	public static @Nullable Long next(byte[] answer) {
		try {
			JsonNode next = JSON.readTree(answer).path("next");
			return next.isIntegralNumber() ? next.longValue() : null;
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	private static void write(JsonGenerator json, InputItem item) {
		json.writeStartObject();
		switch (item) {
			case InputItem.Text(String text) -> {
				json.writeStringProperty("type", "data");
				json.writeStringProperty("data", text);
			}
			case InputItem.EndOfFile() -> json.writeStringProperty("type", "eof");
			case InputItem.Signal(String name) -> {
				json.writeStringProperty("type", "signal");
				json.writeStringProperty("signal", name);
			}
		}
		json.writeEndObject();
	}

}
