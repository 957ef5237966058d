package dev.sluice.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes a server holds for its clients, all together, and the most that it may.
 * Safe for any thread; never blocks.
 */
public final class HeldBytes {

	private final long most;

	private final AtomicLong held = new AtomicLong();

	/**
	 * Makes a budget.
	 * @param most how many bytes may be held at once
	 */
	public HeldBytes(long most) {
		this.most = most;
	}

	/**
	 * Takes a part of what may be held.
	 * @param bytes how many bytes
	 * @return whether there was room; all of them are to be released then, and none
	 * otherwise
	 */
	public boolean tryReserve(long bytes) {
		long now = this.held.get();
		while (bytes <= this.most - now) {
			if (this.held.compareAndSet(now, now + bytes)) {
				return true;
			}
			now = this.held.get();
		}
		return false;
	}

	/**
	 * Gives back what was reserved.
	 * @param bytes how many bytes
	 */
	public void release(long bytes) {
		this.held.addAndGet(-bytes);
	}

	/**
	 * A part that grows, and is given back at once.
	 * @return the part, which is empty
	 */
	public Reservation reservation() {
		return new Reservation(this);
	}

	/**
	 * How many bytes are held now.
	 * @return the number
	 */
	public long held() {
		return this.held.get();
	}

	/**
	 * How many bytes may be held at once.
	 * @return the number
	 */
	public long most() {
		return this.most;
	}

}
