package dev.sluice.emulator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.execution.Ids;

/**
 * A session: an identifier with a container of its own.
 */
final class Session {

	private final String identifier;

	private final String guid = Ids.next();

	private final Container container;

	private final Instant createdAt;

	private final Clock clock;

	private final AtomicInteger requests = new AtomicInteger();

	private final AtomicInteger served = new AtomicInteger();

	private volatile Instant lastAccessedAt;

	Session(String identifier, Container container, Clock clock) {
		this.identifier = identifier;
		this.container = container;
		this.clock = clock;
		this.createdAt = clock.instant();
		this.lastAccessedAt = this.createdAt;
	}

	/**
	 * Begins a request.
	 * @return whether it is the session's first
	 */
	boolean begin() {
		this.requests.incrementAndGet();
		this.lastAccessedAt = this.clock.instant();
		return this.served.incrementAndGet() == 1;
	}

	void end() {
		this.lastAccessedAt = this.clock.instant();
		this.requests.decrementAndGet();
	}

	boolean hasCooled(Duration cooldown) {
		return this.requests.get() == 0 && this.lastAccessedAt.plus(cooldown).isBefore(this.clock.instant());
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

	Instant createdAt() {
		return this.createdAt;
	}

	Instant lastAccessedAt() {
		return this.lastAccessedAt;
	}

}
