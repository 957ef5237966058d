package dev.sluice.http;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * A body that comes in pieces, each of which is let go of at once. It is one array where
 * its length is known beforehand. What it takes is reserved before it is taken.
 */
final class Gathering {

	private static final byte[] NONE = {};

	private static final int SMALLEST = 16 * 1024;

	private static final int LARGEST = 1024 * 1024;

	private final int most;

	private final Reservation reservation;

	private final List<byte[]> full = new ArrayList<>(0);

	private byte[] open = NONE;

	private int used;

	private int size;

	private long reserved;

	/**
	 * Makes a gathering.
	 * @param most how many bytes may come
	 * @param reservation takes what they take
	 */
	Gathering(int most, Reservation reservation) {
		this.most = most;
		this.reservation = reservation;
	}

	/** Reserves what is going to come. */
	void announce(int length) {
		reserve(length);
	}

	/** Makes the room that was announced. */
	void open(int length) {
		this.open = new byte[length];
	}

	/**
	 * Adds a piece, and releases it.
	 * @param piece the piece
	 */
	void add(DataBuffer piece) {
		try {
			while (piece.readableByteCount() > 0) {
				int count = room(piece.readableByteCount());
				piece.read(this.open, this.used, count);
				took(count);
			}
		}
		finally {
			DataBufferUtils.release(piece);
		}
	}

	/**
	 * Adds a piece.
	 * @param piece its bytes, which are copied
	 * @param length how many of them count
	 */
	void add(byte[] piece, int length) {
		int from = 0;
		while (from < length) {
			int count = room(length - from);
			System.arraycopy(piece, from, this.open, this.used, count);
			took(count);
			from += count;
		}
	}

	int most() {
		return this.most;
	}

	int size() {
		return this.size;
	}

	/** Whether its bytes are to be copied once more. */
	boolean isInParts() {
		return !this.full.isEmpty();
	}

	/** All of the bytes, in one array, which is not known here any more. */
	ByteBuffer whole() {
		if (!isInParts()) {
			ByteBuffer whole = ByteBuffer.wrap(this.open, 0, this.used);
			this.open = NONE;
			return whole;
		}
		long parts = this.reserved;
		reserve(this.size);
		ByteBuffer whole = ByteBuffer.allocate(this.size);
		this.full.forEach(whole::put);
		whole.put(this.open, 0, this.used).flip();
		this.full.clear();
		this.open = NONE;
		giveBack(parts);
		return whole;
	}

	/** Gives back what it has reserved. */
	void letGo() {
		giveBack(this.reserved);
	}

	private int room(int wanted) {
		if (wanted > this.most - this.size) {
			throw Bodies.tooLarge(this.most);
		}
		if (this.used == this.open.length) {
			int more = Math.clamp(this.size, SMALLEST, LARGEST);
			reserve(more);
			if (this.used > 0) {
				this.full.add(this.open);
			}
			this.open = new byte[more];
			this.used = 0;
		}
		return Math.min(wanted, this.open.length - this.used);
	}

	private void took(int count) {
		this.used += count;
		this.size += count;
	}

	private void reserve(long bytes) {
		this.reservation.grow(bytes);
		this.reserved += bytes;
	}

	private void giveBack(long bytes) {
		this.reservation.shrink(bytes);
		this.reserved -= bytes;
	}

}
