package dev.sluice.pool;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import dev.sluice.execution.Execution;
import dev.sluice.pool.Lease.End;
import org.jspecify.annotations.Nullable;

/**
 * A new random identifier for each execution. Its session is stopped behind it, since
 * otherwise it would hold its place in the pool for the whole cooldown.
 */
final class Fresh implements Sessions {

	private final Refusals fullness;

	private final Quarantine quarantine;

	private final int most;

	private final Runnable onRoom;

	private final AtomicInteger running = new AtomicInteger();

	private final AtomicInteger stopping = new AtomicInteger();

	private final LongAdder all = new LongAdder();

	/**
	 * Makes them.
	 * @param fullness tells whether the pool has room
	 * @param quarantine stops sessions
	 * @param most how many there may be at once, those that are being stopped among them
	 * @param onRoom told when a session may have come free
	 */
	Fresh(Refusals fullness, Quarantine quarantine, int most, Runnable onRoom) {
		this.fullness = fullness;
		this.quarantine = quarantine;
		this.most = most;
		this.onRoom = onRoom;
	}

	@Override
	public @Nullable Lease take(Execution execution) {
		if (this.running.incrementAndGet() + this.stopping.get() > this.most || !this.fullness.tryAsk()) {
			this.running.decrementAndGet();
			return null;
		}
		this.all.increment();
		String identifier = RandomIdentifier.next();
		return new Lease(identifier, new Incarnation(), (how) -> end(identifier, how));
	}

	@Override
	public boolean hasRoomFor(Execution execution) {
		return this.running.get() + this.stopping.get() < this.most && this.fullness.allows();
	}

	@Override
	public SessionCounts counts() {
		return new SessionCounts(this.running.get(), 0, this.stopping.get(), this.all.sum());
	}

	private void end(String identifier, End how) {
		if (how == End.WELL || how == End.CANCELLED || how == End.BADLY) {
			this.fullness.given();
			this.stopping.incrementAndGet();
			this.quarantine.stop(identifier, this::stopped);
		}
		else if (how == End.REFUSED) {
			this.fullness.refused();
		}
		this.running.decrementAndGet();
		this.onRoom.run();
	}

	private void stopped() {
		this.stopping.decrementAndGet();
		this.onRoom.run();
	}

}
