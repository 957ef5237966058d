package dev.sluice.adapter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Some bytes of an answer, which come into being as they are read. It belongs to one
 * reader.
 */
@FunctionalInterface
interface Rendering {

	/**
	 * Puts what comes next into a buffer.
	 * @param into takes as much as it has room for, or as there is
	 * @param end how far the transcript may be read
	 * @return whether all that there is has been put; where false there may be more
	 * @throws IOException where the transcript can't be read
	 */
	boolean pour(ByteBuffer into, long end) throws IOException;

	/**
	 * Bytes that are there.
	 * @param bytes the bytes, which are not copied
	 * @return their rendering
	 */
	static Rendering of(byte[] bytes) {
		ByteBuffer rest = ByteBuffer.wrap(bytes);
		return (into, end) -> {
			put(rest, into);
			return !rest.hasRemaining();
		};
	}

	/**
	 * One rendering behind the other.
	 * @param parts the renderings
	 * @return their rendering
	 */
	static Rendering of(List<Rendering> parts) {
		return new Rendering() {

			private int part;

			@Override
			public boolean pour(ByteBuffer into, long end) throws IOException {
				while (this.part < parts.size() && parts.get(this.part).pour(into, end)) {
					this.part++;
				}
				return this.part == parts.size();
			}

		};
	}

	/** Moves as much as there is room for. */
	static void put(ByteBuffer rest, ByteBuffer into) {
		int length = Math.min(rest.remaining(), into.remaining());
		into.put(into.position(), rest, rest.position(), length);
		into.position(into.position() + length);
		rest.position(rest.position() + length);
	}

}
