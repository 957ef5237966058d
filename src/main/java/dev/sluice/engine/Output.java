package dev.sluice.engine;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;

import dev.sluice.execution.Event;
import dev.sluice.execution.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes events of what a stage writes, up to its limit, and keeps none of it. A chunk
 * that would go over the limit is dropped whole, as Piston does, and so is all that comes
 * after it.
 */
final class Output {

	/**
	 * How many bytes an event takes at most: even where JSON needs six for each, the
	 * event fits into a WebSocket frame of 64 KiB, which many a client takes no more of.
	 */
	static final int PIECE = 10 * 1024;

	private static final byte[] NOTHING = new byte[0];

	private final long limit;

	private final Consumer<Event> events;

	private final Map<Stream, Side> sides = new EnumMap<>(Stream.class);

	private @Nullable Stream overflown;

	private boolean closed;

	Output(long limit, Consumer<Event> events) {
		this.limit = limit;
		this.events = events;
		for (Stream stream : Stream.values()) {
			this.sides.put(stream, new Side());
		}
	}

	/**
	 * Takes a chunk.
	 * @param stream where the program wrote it
	 * @param bytes the chunk; may end within a character
	 * @param length how much of it there is
	 * @return whether it fitted
	 */
	synchronized boolean append(Stream stream, byte[] bytes, int length) {
		if (this.closed) {
			return true;
		}
		Side side = side(stream);
		if (this.overflown != null || side.used + length > this.limit) {
			this.overflown = (this.overflown != null) ? this.overflown : stream;
			return false;
		}
		side.used += length;
		for (int offset = 0; offset < length; offset += PIECE) {
			tell(stream, side.decode(bytes, offset, Math.min(PIECE, length - offset), false));
		}
		return true;
	}

	/**
	 * Says that the stage is over. What still comes, from a process that it left behind,
	 * is ignored.
	 */
	synchronized void close() {
		if (!this.closed) {
			this.closed = true;
			this.sides.forEach((stream, side) -> tell(stream, side.decode(NOTHING, 0, 0, true)));
		}
	}

	/**
	 * The stream that went over its limit first.
	 * @return the stream, or null
	 */
	synchronized @Nullable Stream overflown() {
		return this.overflown;
	}

	private void tell(Stream stream, String text) {
		if (!text.isEmpty()) {
			this.events.accept(new Event.Wrote(stream, text));
		}
	}

	private Side side(Stream stream) {
		Side side = this.sides.get(stream);
		if (side == null) {
			throw new IllegalStateException("No such stream: " + stream);
		}
		return side;
	}

	private static final class Side {

		/** How many bytes of an unfinished character there may be. */
		private static final int REST = 3;

		private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
			.onMalformedInput(CodingErrorAction.REPLACE)
			.onUnmappableCharacter(CodingErrorAction.REPLACE);

		private final ByteBuffer in = ByteBuffer.allocate(PIECE + REST);

		private final CharBuffer out = CharBuffer.allocate(PIECE + REST + 1);

		private long used;

		/**
		 * Decodes what is whole, and keeps a character's first bytes for the next time.
		 */
		private String decode(byte[] bytes, int offset, int length, boolean last) {
			this.in.put(bytes, offset, length).flip();
			this.decoder.decode(this.in, this.out, last);
			if (last) {
				this.decoder.flush(this.out);
			}
			this.in.compact();
			String text = this.out.flip().toString();
			this.out.clear();
			return text;
		}

	}

}
