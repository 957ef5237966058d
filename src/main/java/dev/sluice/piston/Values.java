package dev.sluice.piston;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/**
 * What is kept of the values in a request. Each method finds the parser at the value, and
 * leaves it at the value's end.
 */
interface Values {

	/** All of them, for who runs the program. */
	Values WHOLE = new Values() {

		@Override
		public @Nullable String word(JsonParser parser) {
			if (parser.currentToken() == JsonToken.VALUE_STRING) {
				return parser.getString();
			}
			parser.skipChildren();
			return null;
		}

		@Override
		public JsonNode node(JsonParser parser) {
			return parser.readValueAsTree();
		}

	};

	/** A string that is to be read; null where it is none. */
	@Nullable String word(JsonParser parser);

	/** A value of any type. */
	JsonNode node(JsonParser parser);

	/** A file's content; null where it is no string. */
	default @Nullable String content(JsonParser parser) {
		return word(parser);
	}

	/** The arguments, of whatever type. */
	default JsonNode args(JsonParser parser) {
		return node(parser);
	}

	/** The standard input, of whatever type. */
	default JsonNode stdin(JsonParser parser) {
		return node(parser);
	}

}
