package dev.sluice.emulator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

import dev.sluice.execution.Ids;

/**
 * A session: an identifier with a container of its own. It is ended once, and takes no
 * request after that.
 */
final class Session {

	private final String identifier;

	private final String guid = Ids.next();

	private final Container container;

	private final Duration allocationTime;

	private final Clock clock;

	private final Instant createdAt;

	private Instant lastAccessedAt;

	private int requests;

	private int begun;

	private boolean ended;

	/**
	 * Makes a session that has just been allocated.
	 * @param identifier its identifier
	 * @param container what runs in it
	 * @param allocationTime how long its allocation took
	 * @param clock the time
	 */
	Session(String identifier, Container container, Duration allocationTime, Clock clock) {
		this.identifier = identifier;
		this.container = container;
		this.allocationTime = allocationTime;
		this.clock = clock;
		this.createdAt = clock.instant();
		this.lastAccessedAt = this.createdAt;
	}

	/**
	 * Begins a request.
	 * @return whether the session takes it
	 */
	synchronized boolean begin() {
		if (this.ended) {
			return false;
		}
		this.requests++;
		this.begun++;
		this.lastAccessedAt = this.clock.instant();
		return true;
	}

	/** Ends a request. */
	synchronized void end() {
		this.requests--;
		this.lastAccessedAt = this.clock.instant();
	}

	/**
	 * Ends the session, and breaks what runs in it.
	 * @return whether it had not ended before
	 */
	boolean stop() {
		synchronized (this) {
			if (this.ended) {
				return false;
			}
			this.ended = true;
		}
		this.container.close();
		return true;
	}

	/**
	 * Ends the session where it was not used for so long.
	 * @param cooldown the time
	 * @return whether it ended by that
	 */
	boolean stopIfCooled(Duration cooldown) {
		synchronized (this) {
			if (this.ended || this.requests > 0 || !this.lastAccessedAt.plus(cooldown).isBefore(this.clock.instant())) {
				return false;
			}
			this.ended = true;
		}
		this.container.close();
		return true;
	}

	synchronized boolean isNew() {
		return this.begun == 1;
	}

	String identifier() {
		return this.identifier;
	}

	String guid() {
		return this.guid;
	}

	Container container() {
		return this.container;
	}

	/** How long the request under way had to wait for the session. */
	Duration allocationTime() {
		return isNew() ? this.allocationTime : Duration.ZERO;
	}

	Instant createdAt() {
		return this.createdAt;
	}

	synchronized Instant lastAccessedAt() {
		return this.lastAccessedAt;
	}

}
