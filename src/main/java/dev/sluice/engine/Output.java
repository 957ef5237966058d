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
 * What a stage writes, up to its limit. A chunk that would go over the limit is dropped
 * whole, as Piston does, and so is all that comes after it.
 */
final class Output {

	private final long limit;

	private final Consumer<Event> events;

	private final StringBuilder both = new StringBuilder();

	private final Map<Stream, Side> sides = new EnumMap<>(Stream.class);

	private @Nullable Stream overflown;

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
		Side side = side(stream);
		if (this.overflown != null || side.used + length > this.limit) {
			this.overflown = (this.overflown != null) ? this.overflown : stream;
			return false;
		}
		side.used += length;
		add(stream, side, side.decode(ByteBuffer.wrap(bytes, 0, length), false));
		return true;
	}

	/**
	 * Says that a stream has come to its end.
	 * @param stream the stream
	 */
	synchronized void end(Stream stream) {
		Side side = side(stream);
		add(stream, side, side.decode(ByteBuffer.allocate(0), true));
	}

	/**
	 * The stream that went over its limit first.
	 * @return the stream, or null
	 */
	synchronized @Nullable Stream overflown() {
		return this.overflown;
	}

	synchronized String text(Stream stream) {
		return side(stream).text.toString();
	}

	synchronized String both() {
		return this.both.toString();
	}

	private void add(Stream stream, Side side, String text) {
		if (!text.isEmpty()) {
			side.text.append(text);
			this.both.append(text);
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

		private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
			.onMalformedInput(CodingErrorAction.REPLACE)
			.onUnmappableCharacter(CodingErrorAction.REPLACE);

		private final StringBuilder text = new StringBuilder();

		private ByteBuffer rest = ByteBuffer.allocate(0);

		private long used;

		/**
		 * Decodes what is whole, and keeps a character's first bytes for the next time.
		 */
		private String decode(ByteBuffer chunk, boolean last) {
			ByteBuffer in = ByteBuffer.allocate(this.rest.remaining() + chunk.remaining())
				.put(this.rest)
				.put(chunk)
				.flip();
			CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
			this.decoder.decode(in, out, last);
			if (last) {
				this.decoder.flush(out);
			}
			this.rest = ByteBuffer.allocate(in.remaining()).put(in).flip();
			return out.flip().toString();
		}

	}

}
