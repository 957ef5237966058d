package dev.sluice.piston;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.InputItem;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the gateway sends to an interactive execution, at {@link AdapterHeaders#INPUT}.
 * Items are numbered, so that one which comes twice is applied once.
 *
 * @param from the first item's number; an execution's first is 0
 * @param items the items, whose numbers follow one another
 */
public record InputBatch(long from, List<InputItem> items) {

	private static final JsonMapper JSON = Json.MAPPER;

	public InputBatch {
		items = List.copyOf(items);
	}

	/**
	 * Reads a batch.
	 * @param body the JSON in UTF-8; on the heap
	 * @return the batch
	 * @throws ExecutionFailure with {@link FailureCode#INVALID_REQUEST} and a message
	 * that says what is wrong
	 */
	public static InputBatch read(ByteBuffer body) {
		JsonNode tree;
		try {
			tree = JSON.readTree(body.array(), body.arrayOffset() + body.position(), body.remaining());
		}
		catch (JacksonException ex) {
			throw PistonRequest.invalid("The input is not valid JSON");
		}
		JsonNode from = tree.path("from");
		if (!from.isIntegralNumber() || !from.canConvertToLong() || from.longValue() < 0) {
			throw PistonRequest.invalid("from is required as the number of the first item");
		}
		if (!tree.path("input").isArray()) {
			throw PistonRequest.invalid("input is required as an array");
		}
		List<InputItem> items = new ArrayList<>();
		for (JsonNode item : tree.path("input")) {
			items.add(item(item, items.size()));
		}
		return new InputBatch(from.longValue(), items);
	}

	/**
	 * Writes the batch.
	 * @return the JSON in UTF-8
	 */
	public byte[] write() {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
		try (JsonGenerator json = JSON.createGenerator(bytes)) {
			json.writeStartObject();
			json.writeNumberProperty("from", this.from);
			json.writeArrayPropertyStart("input");
			this.items.forEach((item) -> write(json, item));
			json.writeEndArray();
			json.writeEndObject();
		}
		return bytes.toByteArray();
	}

	/**
	 * Reads the answer to a batch.
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

	private static InputItem item(JsonNode item, int index) {
		return switch (item.path("type").asString("")) {
			case "data" -> new InputItem.Text(text(item, index, "data"));
			case "eof" -> new InputItem.EndOfFile();
			case "signal" -> new InputItem.Signal(text(item, index, "signal"));
			default -> throw PistonRequest.invalid("input[" + index + "].type must be data, eof or signal");
		};
	}

	private static String text(JsonNode item, int index, String field) {
		JsonNode text = item.path(field);
		if (!text.isString()) {
			throw PistonRequest.invalid("input[" + index + "]." + field + " is required as a string");
		}
		return text.stringValue();
	}

	private static void write(JsonGenerator json, InputItem item) {
		json.writeStartObject();
		switch (item) {
			case InputItem.Text data -> {
				json.writeStringProperty("type", "data");
				json.writeStringProperty("data", data.text());
			}
			case InputItem.EndOfFile _ -> json.writeStringProperty("type", "eof");
			case InputItem.Signal signal -> {
				json.writeStringProperty("type", "signal");
				json.writeStringProperty("signal", signal.name());
			}
		}
		json.writeEndObject();
	}

}
