package dev.sluice.api;

import java.nio.charset.StandardCharsets;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * Writes lines of JSON as server-sent events (WHATWG HTML, section 9.2).
 */
final class ServerSentEvents {

	private static final byte[] TYPE = bytes("{\"type\":\"");

	private static final byte[] EVENT = bytes("event: ");

	private static final byte[] DATA = bytes("data: ");

	private static final byte[] NEXT = bytes("\n");

	private static final byte[] HEARTBEAT = bytes("heartbeat");

	/** A comment, which a client's parser leaves out. */
	private static final byte[] COMMENT = bytes(": heartbeat\n\n");

	private static final int LONGEST_TYPE = 32;

	private ServerSentEvents() {
	}

	/**
	 * Writes lines.
	 * @param lines the lines, which are released
	 * @param goesOn whether the first of them was begun before
	 * @return the events
	 */
	static DataBuffer framed(DataBuffer lines, boolean goesOn) {
		byte[] bytes = new byte[lines.readableByteCount()];
		lines.read(bytes);
		DataBuffer framed = lines.factory().allocateBuffer(bytes.length + 64);
		DataBufferUtils.release(lines);
		boolean within = goesOn;
		for (int from = 0; from < bytes.length;) {
			int end = end(bytes, from);
			line(framed, bytes, from, end, within, end < bytes.length);
			within = false;
			from = end + 1;
		}
		return framed;
	}

	private static void line(DataBuffer to, byte[] bytes, int from, int end, boolean goesOn, boolean ends) {
		if (!goesOn) {
			int name = typeEnd(bytes, from, end);
			int length = name - from - TYPE.length;
			if (length == HEARTBEAT.length && bytes[from + TYPE.length] == HEARTBEAT[0]) {
				to.write(COMMENT);
				return;
			}
			if (length > 0) {
				to.write(EVENT).write(bytes, from + TYPE.length, length).write(NEXT);
			}
			to.write(DATA);
		}
		to.write(bytes, from, end - from);
		if (ends) {
			to.write(NEXT).write(NEXT);
		}
	}

	/** Where the line's type ends, which is its first field; -1 where there is none. */
	private static int typeEnd(byte[] bytes, int from, int end) {
		int begin = from + TYPE.length;
		for (int i = begin; i < Math.min(end, begin + LONGEST_TYPE); i++) {
			if (bytes[i] == '"') {
				return i;
			}
		}
		return -1;
	}

	private static int end(byte[] bytes, int from) {
		int i = from;
		while (i < bytes.length && bytes[i] != '\n') {
			i++;
		}
		return i;
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
