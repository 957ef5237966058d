package dev.sluice.pool;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import dev.sluice.execution.Execution;
import dev.sluice.pool.Lease.End;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names no session: the pool allocates one by itself for each execution. Executions that
 * must be found again get a leased one; those of them that nobody uses make way where the
 * pool is full.
 */
final class Unnamed implements Sessions {

	private static final Logger logger = LoggerFactory.getLogger(Unnamed.class);

	private final String pool;

	private final Refusals fullness;

	private final @Nullable Leased leased;

	private final boolean turns;

	private final Runnable onRoom;

	private final AtomicInteger running = new AtomicInteger();

	private final LongAdder all = new LongAdder();

	private final AtomicBoolean turned = new AtomicBoolean();

	/**
	 * Makes them.
	 * @param pool the pool's name
	 * @param fullness tells whether the pool has room
	 * @param leased gives sessions with identifiers; null where there can be none
	 * @param turns whether to use those for all, once the pool asks for an identifier
	 * @param onRoom told when a session may have come free
	 */
	Unnamed(String pool, Refusals fullness, @Nullable Leased leased, boolean turns, Runnable onRoom) {
		this.pool = pool;
		this.fullness = fullness;
		this.leased = leased;
		this.turns = turns;
		this.onRoom = onRoom;
	}

	@Override
	public @Nullable Lease take(Execution execution) {
		Sessions named = leased(execution);
		if (named != null) {
			return named.take(execution);
		}
		if (!this.fullness.tryAsk()) {
			return null;
		}
		if (this.leased != null) {
			this.leased.placeTaken();
		}
		this.running.incrementAndGet();
		this.all.increment();
		return new Lease(null, new Incarnation(), this::end);
	}

	@Override
	public boolean hasRoomFor(Execution execution) {
		Sessions named = leased(execution);
		return (named != null) ? named.hasRoomFor(execution) : this.fullness.allows();
	}

	@Override
	public boolean hasRoomForSome(Execution execution) {
		Sessions named = leased(execution);
		return named != null && named.hasRoomForSome(execution);
	}

	@Override
	public boolean requireIdentifiers() {
		if (this.turns && this.turned.compareAndSet(false, true)) {
			logger.info("Pool {} asks for an identifier: from now on its sessions are leased", this.pool);
		}
		return this.turns;
	}

	@Override
	public void recycle() {
		if (this.leased != null) {
			this.leased.recycle();
		}
	}

	@Override
	public List<String> leave() {
		return (this.leased != null) ? this.leased.leave() : List.of();
	}

	@Override
	public boolean keepsWarm() {
		return this.turned.get();
	}

	@Override
	public SessionCounts counts() {
		SessionCounts named = (this.leased != null) ? this.leased.counts() : SessionCounts.NONE;
		return new SessionCounts(this.running.get() + named.leased(), named.idle(), named.quarantined(),
				this.all.sum() + named.allocated());
	}

	@Override
	public boolean isTurned() {
		return this.turned.get();
	}

	private @Nullable Sessions leased(Execution execution) {
		return (this.turned.get() || execution.terms().mustBeFoundAgain()) ? this.leased : null;
	}

	private void end(End how) {
		this.running.decrementAndGet();
		switch (how) {
			case REFUSED -> {
				this.fullness.refused();
				if (this.leased != null) {
					this.leased.makeRoom();
				}
			}
			case WELL, CANCELLED, BADLY -> this.fullness.given();
			case UNSENT -> {
				// It says nothing on the pool's room.
			}
		}
		this.onRoom.run();
	}

}
