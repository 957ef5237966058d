package dev.sluice.adapter;

import java.io.IOException;
import java.nio.ByteBuffer;

import dev.sluice.execution.Stream;

/**
 * A reader's place among the records of a transcript. A record is its kind, its payload's
 * length, and its payload.
 */
final class Records {

	/** What a record's payload is. */
	enum Kind {

		/** A whole event. */
		LINE('l'),

		/** Escaped text from standard output. */
		STDOUT('o'),

		/** Escaped text from standard error. */
		STDERR('e');

		private final byte mark;

		Kind(char mark) {
			this.mark = (byte) mark;
		}

		static Kind of(Stream stream) {
			return switch (stream) {
				case STDOUT -> Kind.STDOUT;
				case STDERR -> Kind.STDERR;
			};
		}

		private static Kind of(byte mark) throws IOException {
			for (Kind kind : values()) {
				if (kind.mark == mark) {
					return kind;
				}
			}
			throw new IOException("There is no record where one should be");
		}

	}

	private static final int HEADER = 5;

	/** Small records are read many at once. */
	private static final int AHEAD = 4 * 1024;

	private final Spool spool;

	private final ByteBuffer ahead = ByteBuffer.allocate(AHEAD).limit(0);

	private final ByteBuffer header = ByteBuffer.allocate(HEADER);

	/** Of the next byte that is not read ahead. */
	private long position;

	private Kind kind = Kind.LINE;

	private int left;

	Records(Spool spool, long from) {
		this.spool = spool;
		this.position = from;
	}

	static byte[] header(Kind kind, int length) {
		return ByteBuffer.allocate(HEADER).put(kind.mark).putInt(length).array();
	}

	/**
	 * Goes to the next record; the one before it must have been taken or skipped.
	 * @param end where the last record ends that may be read
	 * @return false where there is none
	 */
	boolean next(long end) throws IOException {
		if (this.position - this.ahead.remaining() >= end) {
			return false;
		}
		this.header.clear();
		read(this.header, end);
		this.header.flip();
		this.kind = Kind.of(this.header.get());
		this.left = this.header.getInt();
		return true;
	}

	Kind kind() {
		return this.kind;
	}

	/** How much of the record's payload has not been taken. */
	int left() {
		return this.left;
	}

	/**
	 * Takes as much of the payload as a buffer has room for.
	 * @param into the buffer
	 * @param end where the last record ends that may be read
	 */
	void take(ByteBuffer into, long end) throws IOException {
		int limit = into.limit();
		int length = Math.min(this.left, into.remaining());
		into.limit(into.position() + length);
		read(into, end);
		into.limit(limit);
		this.left -= length;
	}

	/** Leaves out the rest of the payload. */
	void skip() {
		int known = Math.min(this.left, this.ahead.remaining());
		this.ahead.position(this.ahead.position() + known);
		this.position += this.left - known;
		this.left = 0;
	}

	private void read(ByteBuffer into, long end) throws IOException {
		Rendering.put(this.ahead, into);
		while (into.remaining() >= AHEAD) {
			this.position += readOnce(into);
		}
		while (into.hasRemaining()) {
			if (this.position >= end) {
				throw new IOException("A record ends too early");
			}
			this.ahead.clear().limit((int) Math.min(AHEAD, end - this.position));
			this.position += readOnce(this.ahead);
			this.ahead.flip();
			Rendering.put(this.ahead, into);
		}
	}

	private int readOnce(ByteBuffer into) throws IOException {
		int before = into.position();
		this.spool.read(this.position, into);
		return into.position() - before;
	}

}
