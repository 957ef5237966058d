package dev.sluice.piston;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.execution.InputItem;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a client says over Piston's WebSocket, as measured on a real one.
 */
public sealed interface ConnectMessage {

	/**
	 * What is to be run.
	 *
	 * @param request the message, which has the fields of a request to execute
	 */
	record Init(ByteBuffer request) implements ConnectMessage {
	}

	/**
	 * What the program is to be told.
	 *
	 * @param items the items
	 */
	record Tell(List<InputItem> items) implements ConnectMessage {
	}

	/** Data for a stream that a client can't write to. */
	record WrongStream() implements ConnectMessage {
	}

	/** A signal that there is not. */
	record WrongSignal() implements ConnectMessage {
	}

	/** Something that Piston ignores. */
	record Other() implements ConnectMessage {
	}

	/**
	 * Reads a message.
	 * @param text the message
	 * @return what it says
	 * @throws dev.sluice.execution.ExecutionFailure where it is no JSON, or its data no
	 * text
	 */
	static ConnectMessage read(byte[] text) {
		JsonNode message = Reader.tree(text);
		return switch (message.path("type").asString("")) {
			case "init" -> new Init(ByteBuffer.wrap(text));
			case "data" -> message.path("stream").asString("").equals("stdin") ? new Tell(Reader.input(message))
					: new WrongStream();
			case "signal" -> {
				String name = message.path("signal").asString("");
				yield InputItem.Signal.NAMES.contains(name) ? new Tell(List.of(new InputItem.Signal(name)))
						: new WrongSignal();
			}
			default -> new Other();
		};
	}

	/** Takes messages apart. */
	final class Reader {

		private static final JsonMapper JSON = Json.MAPPER;

		private Reader() {
		}

		static JsonNode tree(byte[] text) {
			try {
				return JSON.readTree(text);
			}
			catch (JacksonException ex) {
				throw PistonRequest.invalid("The message is not valid JSON");
			}
		}

		static List<InputItem> input(JsonNode message) {
			JsonNode data = message.path("data");
			boolean ends = message.path("eof").asBoolean(false);
			if (!data.isString() && !(data.isMissingNode() && ends)) {
				throw PistonRequest.invalid("data must be a string");
			}
			List<InputItem> items = new ArrayList<>(2);
			String text = data.asString("");
			if (!text.isEmpty()) {
				items.add(new InputItem.Text(text));
			}
			if (ends) {
				items.add(new InputItem.EndOfFile());
			}
			return items;
		}

	}

}
