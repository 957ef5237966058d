package dev.sluice.piston;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * As little as a request can be checked by: what is long, or is not looked into, is
 * skipped by the parser, and a short value stands for it that is right or wrong in the
 * same way.
 */
final class BriefValues implements Values {

	/**
	 * In the body's bytes, of which a character takes up to six: so much longer than any
	 * name that is right, in whatever way it is written.
	 */
	private static final int LONG = 8 * 1024;

	/** Too long for any word or name. */
	private static final String TOO_LONG = "x".repeat(1100) + "…";

	private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

	private final byte[] bytes;

	private final int begin;

	private final int end;

	BriefValues(ByteBuffer body) {
		this.bytes = body.array();
		this.begin = body.arrayOffset() + body.position();
		this.end = this.begin + body.remaining();
	}

	@Override
	public @Nullable String word(JsonParser parser) {
		if (parser.currentToken() != JsonToken.VALUE_STRING) {
			parser.skipChildren();
			return null;
		}
		return isLong(parser) ? TOO_LONG : parser.getString();
	}

	@Override
	public JsonNode node(JsonParser parser) {
		return switch (parser.currentToken()) {
			case VALUE_STRING -> NODES.stringNode(isLong(parser) ? TOO_LONG : parser.getString());
			case START_OBJECT, START_ARRAY -> {
				parser.skipChildren();
				yield NODES.objectNode();
			}
			case null, default -> parser.readValueAsTree();
		};
	}

	@Override
	public @Nullable String content(JsonParser parser) {
		parser.skipChildren();
		return (parser.currentToken() == JsonToken.VALUE_STRING) ? "" : null;
	}

	@Override
	public JsonNode stdin(JsonParser parser) {
		return (parser.currentToken() == JsonToken.VALUE_STRING) ? NODES.stringNode("") : node(parser);
	}

	/**
	 * The arguments are right without those that are, and those that are not are told by
	 * one of them.
	 */
	@Override
	public JsonNode args(JsonParser parser) {
		JsonToken first = parser.currentToken();
		if (first == JsonToken.VALUE_STRING) {
			return NODES.stringNode(holdsNul(parser) ? "\0" : "");
		}
		return (first == JsonToken.START_ARRAY) ? items(parser) : node(parser);
	}

	private JsonNode items(JsonParser parser) {
		boolean nul = false;
		int depth = 1;
		while (depth > 0) {
			switch (parser.nextToken()) {
				case START_ARRAY -> depth++;
				case END_ARRAY -> depth--;
				case START_OBJECT -> parser.skipChildren();
				case VALUE_STRING -> nul |= holdsNul(parser);
				case null -> depth = 0;
				default -> {
					// As a text it holds no NUL.
				}
			}
		}
		return nul ? NODES.arrayNode().add("\0") : NODES.arrayNode();
	}

	private boolean isLong(JsonParser parser) {
		int start = start(parser);
		for (int at = start; at < this.end && at < start + LONG; at++) {
			if (this.bytes[at] == '"') {
				return false;
			}
			if (this.bytes[at] == '\\') {
				at++;
			}
		}
		return true;
	}

	/**
	 * A NUL is there as an escape, as two bytes that no encoder writes, or not at all.
	 */
	private boolean holdsNul(JsonParser parser) {
		int at = start(parser);
		while (at < this.end - 1 && this.bytes[at] != '"') {
			if (this.bytes[at] == (byte) 0xc0 && this.bytes[at + 1] == (byte) 0x80) {
				return true;
			}
			if (this.bytes[at] == '\\') {
				at++;
				if (this.bytes[at] == 'u' && isZero(at + 1)) {
					return true;
				}
			}
			at++;
		}
		return false;
	}

	private boolean isZero(int at) {
		if (at + 4 > this.end) {
			return false;
		}
		for (int i = at; i < at + 4; i++) {
			if (this.bytes[i] != '0') {
				return false;
			}
		}
		return true;
	}

	/** Behind the quote. */
	private int start(JsonParser parser) {
		return this.begin + (int) parser.currentTokenLocation().getByteOffset() + 1;
	}

}
