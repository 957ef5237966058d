package dev.sluice.pool;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

import dev.sluice.execution.Execution;
import dev.sluice.pool.Lease.End;
import org.jspecify.annotations.Nullable;

/**
 * A bounded set of sessions, each used by so many executions at a time and then again,
 * the warmest first.
 */
final class Leased implements Sessions {

	/** Who is not known counts as one client. */
	private static final String UNKNOWN_CLIENT = "";

	/** A session is let go, or kept warm, this long before its pool lets it go. */
	private static final Duration BEFORE_COOLDOWN = Duration.ofSeconds(30);

	private final LeaseProperties properties;

	private final Refusals fullness;

	private final Quarantine quarantine;

	private final LongSupplier nanos;

	private final Runnable onRoom;

	private final long maxAge;

	/** After so many nanoseconds without use a session is let go, or kept warm. */
	private final long idleTime;

	/** All that hold a place in the pool, the quarantined among them. */
	private final Set<LeasedSession> all = new HashSet<>();

	/** Those that take one more execution, the warmest first. */
	private final Deque<LeasedSession> open = new ArrayDeque<>();

	private long allocated;

	private final Eviction eviction;

	/**
	 * Makes the set, which is empty.
	 * @param properties its bounds
	 * @param fullness tells whether the pool has room for one more
	 * @param quarantine ends what may still run
	 * @param nanos the clock
	 * @param onRoom told when a session may have come free
	 */
	Leased(LeaseProperties properties, Refusals fullness, Quarantine quarantine, LongSupplier nanos, Runnable onRoom) {
		this.properties = properties;
		this.maxAge = properties.maxAge().toNanos();
		this.idleTime = idleTime(properties.cooldown()).toNanos();
		this.fullness = fullness;
		this.quarantine = quarantine;
		this.nanos = nanos;
		this.onRoom = onRoom;
		this.eviction = new Eviction(properties.maxSessions(), nanos);
	}

	@Override
	public synchronized @Nullable Lease take(Execution execution) {
		String client = client(execution);
		LeasedSession session = warmest(client);
		if (session == null && this.all.size() < this.properties.maxSessions() && this.fullness.tryAsk()) {
			session = allocate();
		}
		if (session == null) {
			makeRoom();
			return null;
		}
		session.begin(client);
		if (session.running() < this.properties.executionsPerSession()) {
			this.open.addFirst(session);
		}
		LeasedSession taken = session;
		return new Lease(taken.identifier(), taken.incarnation(), (how) -> end(taken, execution.id(), how));
	}

	@Override
	public synchronized boolean hasRoomFor(Execution execution) {
		String client = client(execution);
		return first(client) != null || this.all.size() < this.properties.maxSessions() && this.fullness.allows()
				|| isToMakeRoom() && this.open.stream().anyMatch(LeasedSession::isIdle);
	}

	@Override
	public synchronized boolean hasRoomForSome(Execution execution) {
		return !this.properties.shareSessions() && !this.open.isEmpty();
	}

	@Override
	public synchronized void recycle() {
		this.all.forEach(LeasedSession::spoil);
		List.copyOf(this.open).forEach(this::letGo);
	}

	@Override
	public synchronized List<String> leave() {
		List<LeasedSession> idle = this.open.stream().filter(LeasedSession::isIdle).toList();
		this.open.clear();
		this.all.removeAll(Set.copyOf(idle));
		return idle.stream().map(LeasedSession::identifier).toList();
	}

	@Override
	public boolean keepsWarm() {
		return true;
	}

	@Override
	public synchronized SessionCounts counts() {
		int idle = (int) this.open.stream().filter(LeasedSession::isIdle).count();
		int quarantined = quarantined();
		return new SessionCounts(this.all.size() - idle - quarantined, idle, quarantined, this.allocated);
	}

	/**
	 * Lets go of the sessions that are too old, and of those that nobody used for long.
	 * @param keepsWarm whether some are kept although nobody uses them
	 * @return those of them that are to be kept, and want a request to stay
	 */
	synchronized List<String> sweep(boolean keepsWarm) {
		long now = this.nanos.getAsLong();
		List<String> kept = new ArrayList<>();
		for (LeasedSession session : List.copyOf(this.open)) {
			if (session.isIdle() && isWornOut(session, now)) {
				letGo(session);
			}
			else if (session.isCold(now, this.idleTime)) {
				if (!keepsWarm || this.all.size() > this.properties.warm()) {
					letGo(session);
				}
				else {
					session.touch(now);
					kept.add(session.identifier());
				}
			}
		}
		return kept;
	}

	/**
	 * Makes one more session, where fewer are held than are to be warm.
	 * @return its lease; null where there are enough
	 */
	synchronized @Nullable Lease warmUp() {
		if (this.all.size() >= this.properties.warm() || !this.fullness.tryAsk()) {
			return null;
		}
		LeasedSession session = allocate();
		session.begin(UNKNOWN_CLIENT);
		return new Lease(session.identifier(), session.incarnation(), (how) -> warmed(session, how));
	}

	/** Somebody who needs none of these asks the pool for a place. */
	void placeTaken() {
		// It is asked for each execution, and holds nobody up where there is nothing to
		// do.
		if (this.eviction.hasVacated()) {
			synchronized (this) {
				this.eviction.placeTaken();
			}
		}
	}

	private void warmed(LeasedSession session, End how) {
		synchronized (this) {
			session.end(this.nanos.getAsLong(), false);
			switch (how) {
				case WELL -> {
					this.fullness.given();
					session.forgetClient();
					if (session.isSpoilt()) {
						letGo(session);
					}
					else {
						this.open.addLast(session);
					}
				}
				case UNSENT, REFUSED -> drop(session, how);
				case CANCELLED, BADLY -> {
					putAside(session);
					this.quarantine.stop(session.identifier(), () -> forget(session));
				}
			}
		}
		this.onRoom.run();
	}

	private @Nullable LeasedSession warmest(String client) {
		long now = this.nanos.getAsLong();
		LeasedSession session = first(client);
		while (session != null && session.isIdle() && (isWornOut(session, now) || session.isCold(now, this.idleTime))) {
			letGo(session);
			session = first(client);
		}
		if (session != null) {
			this.open.remove(session);
		}
		return session;
	}

	private @Nullable LeasedSession first(String client) {
		for (LeasedSession session : this.open) {
			if (isFor(client, session)) {
				return session;
			}
		}
		return null;
	}

	private LeasedSession allocate() {
		LeasedSession session = new LeasedSession(this.nanos.getAsLong());
		this.all.add(session);
		this.allocated++;
		this.eviction.placeTaken();
		return session;
	}

	/**
	 * Where there is no place but that of another, the coldest that nobody uses makes
	 * way.
	 */
	synchronized void makeRoom() {
		if (!isToMakeRoom()) {
			return;
		}
		for (Iterator<LeasedSession> coldest = this.open.descendingIterator(); coldest.hasNext();) {
			LeasedSession session = coldest.next();
			if (session.isIdle()) {
				this.eviction.begins(session.identifier());
				putAside(session);
				this.quarantine.stop(session.identifier(), () -> hasMadeWay(session));
				return;
			}
		}
	}

	/** Where there is no place but that of another. */
	private boolean isToMakeRoom() {
		return this.fullness.allows()
				? this.all.size() >= this.properties.maxSessions() && this.eviction.allowsOneMore()
				: this.eviction.allowsToTry();
	}

	private void hasMadeWay(LeasedSession session) {
		synchronized (this) {
			this.eviction.ends(session.identifier());
			this.all.remove(session);
		}
		this.fullness.given();
		forget(session);
	}

	private void end(LeasedSession session, String execution, End how) {
		synchronized (this) {
			boolean wasReached = how == End.WELL || how == End.CANCELLED || how == End.BADLY;
			if (!session.isProven() && wasReached) {
				// Only a new session says that the pool had room.
				this.fullness.given();
			}
			session.end(this.nanos.getAsLong(), wasReached);
			switch (how) {
				case WELL -> giveBack(session);
				case UNSENT, REFUSED -> drop(session, how);
				case CANCELLED -> {
					putAside(session);
					this.quarantine.cancel(session.identifier(), execution, () -> comeBack(session),
							() -> forget(session));
				}
				case BADLY -> {
					session.spoil();
					giveBack(session);
				}
			}
		}
		this.onRoom.run();
	}

	/** A session that refused is one that the pool no longer has. */
	private void drop(LeasedSession session, End how) {
		if (how == End.REFUSED) {
			this.fullness.refused();
			session.spoil();
		}
		if (session.isProven() || !session.isIdle()) {
			giveBack(session);
		}
		else {
			this.open.remove(session);
			this.all.remove(session);
		}
	}

	private void giveBack(LeasedSession session) {
		this.open.remove(session);
		if (session.isAside()) {
			return;
		}
		boolean over = session.isSpoilt() || isWornOut(session, this.nanos.getAsLong());
		if (!over) {
			this.open.addFirst(session);
		}
		else if (session.isIdle()) {
			letGo(session);
		}
	}

	private void letGo(LeasedSession session) {
		if (!session.isIdle()) {
			this.open.remove(session);
			return;
		}
		putAside(session);
		this.quarantine.stop(session.identifier(), () -> forget(session));
	}

	private void putAside(LeasedSession session) {
		this.open.remove(session);
		session.putAside();
	}

	private int quarantined() {
		return (int) this.all.stream().filter(LeasedSession::isAside).count();
	}

	private void comeBack(LeasedSession session) {
		synchronized (this) {
			session.comeBack();
			giveBack(session);
		}
		this.onRoom.run();
	}

	private void forget(LeasedSession session) {
		synchronized (this) {
			this.all.remove(session);
		}
		this.onRoom.run();
	}

	private boolean isFor(String client, LeasedSession session) {
		String owner = session.client();
		return this.properties.shareSessions() || owner == null || owner.equals(client);
	}

	private boolean isWornOut(LeasedSession session, long now) {
		return session.isWornOut(now, this.maxAge, this.properties.maxUses());
	}

	private static Duration idleTime(Duration cooldown) {
		Duration early = cooldown.dividedBy(10);
		return cooldown.minus((early.compareTo(BEFORE_COOLDOWN) < 0) ? early : BEFORE_COOLDOWN);
	}

	private static String client(Execution execution) {
		String client = execution.terms().client();
		return (client != null) ? client : UNKNOWN_CLIENT;
	}

}
