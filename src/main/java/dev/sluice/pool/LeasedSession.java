package dev.sluice.pool;

import org.jspecify.annotations.Nullable;

/**
 * A session that is used again. Its book keeps it under its lock.
 */
final class LeasedSession {

	private final String identifier = RandomIdentifier.next();

	private final Incarnation incarnation = new Incarnation();

	private final long createdAt;

	private long usedAt;

	private @Nullable String client;

	private int running;

	private int uses;

	private int aside;

	private boolean spoilt;

	LeasedSession(long now) {
		this.createdAt = now;
		this.usedAt = now;
	}

	String identifier() {
		return this.identifier;
	}

	Incarnation incarnation() {
		return this.incarnation;
	}

	/** The client whose programs ran in it; null where none has. */
	@Nullable String client() {
		return this.client;
	}

	int running() {
		return this.running;
	}

	boolean isIdle() {
		return this.running == 0;
	}

	/** Whether it ever took an execution. */
	boolean isProven() {
		return this.uses > 0;
	}

	/** Whether nobody is to use it any more. */
	boolean isSpoilt() {
		return this.spoilt;
	}

	void spoil() {
		this.spoilt = true;
	}

	/** Whether something may still run in it that nobody waits for. */
	boolean isAside() {
		return this.aside > 0;
	}

	void putAside() {
		this.aside++;
	}

	void comeBack() {
		this.aside--;
	}

	void begin(String by) {
		this.client = by;
		this.running++;
	}

	void end(long now, boolean used) {
		this.running--;
		this.usedAt = now;
		if (used) {
			this.uses++;
		}
	}

	/** No program of its client ran in it. */
	void forgetClient() {
		this.client = null;
	}

	void touch(long now) {
		this.usedAt = now;
	}

	boolean isWornOut(long now, long maxAge, int maxUses) {
		return this.uses >= maxUses || now - this.createdAt >= maxAge;
	}

	boolean isCold(long now, long idle) {
		return isIdle() && now - this.usedAt >= idle;
	}

}
