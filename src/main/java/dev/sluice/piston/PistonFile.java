package dev.sluice.piston;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;

import dev.sluice.execution.SourceFile;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An entry of {@code files} as the client wrote it.
 *
 * @param name its name, of whatever type
 * @param content its content; null where it is no string
 * @param encoding its encoding, of whatever type
 */
record PistonFile(@Nullable JsonNode name, @Nullable String content, @Nullable JsonNode encoding) {

	/**
	 * Whether this may be the main file. An encoding that Piston does not know is read as
	 * text, and yet is not utf8.
	 */
	boolean isUtf8() {
		return this.encoding == null || PistonRequest.isFalsy(this.encoding) || isEncoded("utf8");
	}

	SourceFile source(int index) {
		return new SourceFile(path(index), ByteBuffer.wrap(bytes(index)), isUtf8());
	}

	private String path(int index) {
		if (this.name == null || PistonRequest.isFalsy(this.name)) {
			return "file" + index + ".code";
		}
		String field = "files[" + index + "].name";
		if (!this.name.isString()) {
			throw PistonRequest.invalid(field + " must be a string");
		}
		String path = this.name.stringValue();
		if (path.indexOf('\0') >= 0) {
			throw PistonRequest.invalid(field + " must not hold a NUL character");
		}
		if (!StandardCharsets.UTF_8.newEncoder().canEncode(path)) {
			throw PistonRequest.invalid(field + " must be well-formed Unicode, and holds half a surrogate pair");
		}
		if (path.startsWith("/")) {
			throw PistonRequest.invalid(field + " must be a relative path");
		}
		if (path.length() > 1024) {
			throw PistonRequest.invalid(field + " must not be longer than 1024 characters");
		}
		return checkedSteps(field, path);
	}

	private static String checkedSteps(String field, String path) {
		boolean named = false;
		for (String step : path.split("/", -1)) {
			if (step.equals("..")) {
				throw PistonRequest.invalid(field + " must not leave the program's folder");
			}
			if (step.getBytes(StandardCharsets.UTF_8).length > 255) {
				throw PistonRequest.invalid(field + " must not have a part longer than 255 bytes");
			}
			named = !step.isEmpty() && !step.equals(".");
		}
		if (!named) {
			throw PistonRequest.invalid(field + " must name a file");
		}
		return path;
	}

	private byte[] bytes(int index) {
		String text = (this.content != null) ? this.content : "";
		try {
			if (isEncoded("base64")) {
				return base64(text);
			}
			if (isEncoded("hex")) {
				return HexFormat.of().parseHex(text);
			}
		}
		catch (IllegalArgumentException ex) {
			throw PistonRequest.invalid("files[" + index + "].content is not valid in the encoding that it names");
		}
		return text.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Takes both alphabets, line breaks and a missing padding. Piston's reader also skips
	 * what is in neither alphabet, and so may lose what a client meant.
	 */
	private static byte[] base64(String text) {
		StringBuilder plain = new StringBuilder(text.length());
		for (int i = 0; i < text.length(); i++) {
			char letter = text.charAt(i);
			if (letter == '-') {
				plain.append('+');
			}
			else if (letter == '_') {
				plain.append('/');
			}
			else if (!Character.isWhitespace(letter) && letter != '=') {
				plain.append(letter);
			}
		}
		return Base64.getDecoder().decode(plain.toString());
	}

	private boolean isEncoded(String name) {
		return this.encoding != null && this.encoding.isString() && this.encoding.stringValue().equals(name);
	}

}
