package dev.sluice.execution;

import java.nio.ByteBuffer;

/**
 * A request's bytes, which are held until it can no longer be repeated, whoever still
 * knows the request then.
 */
public final class RequestBody {

	private static final ByteBuffer NONE = ByteBuffer.allocate(0);

	private volatile ByteBuffer bytes = NONE;

	/**
	 * Holds bytes from now on.
	 * @param taken the bytes, on the heap; they are not copied, and must not be changed
	 * @return this
	 */
	public RequestBody take(ByteBuffer taken) {
		this.bytes = taken;
		return this;
	}

	/**
	 * The bytes from their beginning, with a position of their own.
	 * @return a view that shares the bytes; an empty one once they were let go of
	 */
	public ByteBuffer bytes() {
		return this.bytes.duplicate();
	}

	/**
	 * How many bytes are held.
	 * @return the number
	 */
	public int size() {
		return this.bytes.remaining();
	}

	/**
	 * Lets go of the bytes.
	 */
	public void letGo() {
		this.bytes = NONE;
	}

}
