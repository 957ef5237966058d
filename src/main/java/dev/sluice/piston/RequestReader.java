package dev.sluice.piston;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads an execute body in one streaming pass. A field's place in the body does not
 * matter: what is wrong is decided afterwards, in Piston's order. How much is kept of
 * each value is its {@link Values}' to say.
 */
final class RequestReader {

	private static final int DEEPEST = 64;

	/**
	 * Bounds what a body can make of its bytes in memory; a program of a thousand files
	 * has a tenth of it.
	 */
	private static final int TOKENS = 200_000;

	private static final JsonMapper JSON = JsonMapper
		.builder(JsonFactory.builder()
			.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
			.streamReadConstraints(StreamReadConstraints.builder()
				.maxNestingDepth(DEEPEST)
				.maxTokenCount(TOKENS)
				.maxStringLength(Integer.MAX_VALUE)
				.build())
			.build())
		.build();

	private @Nullable String language;

	private @Nullable String version;

	private @Nullable List<PistonFile> files;

	private @Nullable JsonNode args;

	private @Nullable JsonNode stdin;

	private final Map<LimitName, JsonNode> limits = new EnumMap<>(LimitName.class);

	private final Values values;

	RequestReader(Values values) {
		this.values = values;
	}

	PistonRequest read(ByteBuffer body) {
		pass(body);
		return checked();
	}

	/** Reads all of the body, whatever it asks for. */
	void pass(ByteBuffer body) {
		if (isWide(body)) {
			throw PistonRequest.invalid("The request body is not valid JSON: it is not in UTF-8");
		}
		try (JsonParser parser = JSON.createParser(body.array(), body.arrayOffset() + body.position(),
				body.remaining())) {
			readBody(parser);
		}
		catch (StreamConstraintsException ex) {
			throw PistonRequest
				.invalid("The request body is nested too deeply, or holds too many values, or one that is too long "
						+ place(ex.getLocation()));
		}
		catch (JacksonException ex) {
			throw PistonRequest
				.invalid("The request body is not valid JSON: " + reason(ex) + " " + place(ex.getLocation()));
		}
	}

	/**
	 * Whether the parser would guess UTF-16 or UTF-32, which a Piston does not read.
	 */
	private static boolean isWide(ByteBuffer body) {
		for (int i = body.position(); i < Math.min(body.limit(), body.position() + 4); i++) {
			if (body.get(i) == 0 || (body.get(i) & 0xfe) == 0xfe) {
				return true;
			}
		}
		return false;
	}

	private PistonRequest checked() {
		if (this.language == null || this.language.isEmpty()) {
			throw PistonRequest.invalid("language is required as a string");
		}
		if (this.version == null || this.version.isEmpty()) {
			throw PistonRequest.invalid("version is required as a string");
		}
		if (this.files == null) {
			throw PistonRequest.invalid("files is required as an array");
		}
		for (int i = 0; i < this.files.size(); i++) {
			if (this.files.get(i).content() == null) {
				throw PistonRequest.invalid("files[" + i + "].content is required as a string");
			}
		}
		return new PistonRequest(this.language, this.version, this.files, this.args, this.stdin, this.limits);
	}

	private void readBody(JsonParser parser) {
		JsonToken first = parser.nextToken();
		if (first == null) {
			return;
		}
		if (first != JsonToken.START_OBJECT && first != JsonToken.START_ARRAY) {
			throw PistonRequest.invalid("The request body is not a JSON object");
		}
		if (first == JsonToken.START_ARRAY) {
			parser.skipChildren();
		}
		else {
			while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
				readField(parser, parser.currentName());
			}
		}
		if (parser.nextToken() != null) {
			throw PistonRequest
				.invalid("The request body goes on after its end " + place(parser.currentTokenLocation()));
		}
	}

	private void readField(JsonParser parser, String name) {
		parser.nextToken();
		switch (name) {
			case "language" -> this.language = this.values.word(parser);
			case "version" -> this.version = this.values.word(parser);
			case "files" -> this.files = files(parser);
			case "args" -> this.args = this.values.args(parser);
			case "stdin" -> this.stdin = this.values.stdin(parser);
			default -> readOther(parser, name);
		}
	}

	private void readOther(JsonParser parser, String name) {
		for (LimitName limit : LimitName.values()) {
			if (limit.field().equals(name)) {
				this.limits.put(limit, this.values.node(parser));
				return;
			}
		}
		parser.skipChildren();
	}

	private @Nullable List<PistonFile> files(JsonParser parser) {
		if (parser.currentToken() != JsonToken.START_ARRAY) {
			parser.skipChildren();
			return null;
		}
		List<PistonFile> files = new ArrayList<>();
		JsonToken entry = parser.nextToken();
		while (entry != null && entry != JsonToken.END_ARRAY) {
			files.add(file(parser, entry));
			entry = parser.nextToken();
		}
		return files;
	}

	private PistonFile file(JsonParser parser, JsonToken entry) {
		if (entry != JsonToken.START_OBJECT) {
			parser.skipChildren();
			return new PistonFile(null, null, null);
		}
		JsonNode name = null;
		String content = null;
		JsonNode encoding = null;
		while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
			String field = parser.currentName();
			parser.nextToken();
			switch (field) {
				case "name" -> name = this.values.node(parser);
				case "content" -> content = this.values.content(parser);
				case "encoding" -> encoding = this.values.node(parser);
				default -> parser.skipChildren();
			}
		}
		return new PistonFile(name, content, encoding);
	}

	/**
	 * What Jackson adds on its own settings, or in a second line, tells a client nothing.
	 */
	private static String reason(JacksonException ex) {
		String reason = String.valueOf(ex.getOriginalMessage());
		return reason.lines().findFirst().orElse(reason).replaceFirst(" \\(start marker at \\[Source: .*", "");
	}

	private static String place(@Nullable TokenStreamLocation location) {
		return (location != null) ? "(line " + location.getLineNr() + ", column " + location.getColumnNr() + ")" : "";
	}

}
