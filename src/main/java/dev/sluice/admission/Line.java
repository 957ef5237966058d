package dev.sluice.admission;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.SequencedMap;
import java.util.SequencedSet;

import org.jspecify.annotations.Nullable;

/**
 * Those who wait for the same, of one class. Their clients take turns, and so do the
 * sessions that a client names: who has had a turn comes last.
 */
final class Line {

	private final Pace pace;

	private final SequencedMap<String, SequencedMap<String, SequencedSet<Visit>>> clients = new LinkedHashMap<>();

	private int size;

	Line(Pace pace) {
		this.pace = pace;
		pace.begin();
	}

	boolean isEmpty() {
		return this.size == 0;
	}

	/** Who comes goes behind the others of its client. */
	void add(Visit visit) {
		session(visit).addLast(visit);
		this.size++;
	}

	/** Who comes back has the next turn. */
	void addFirst(Visit visit) {
		session(visit).addFirst(visit);
		this.size++;
		putFirst(this.clients, visit.client());
		putFirst(client(visit), visit.session());
	}

	/**
	 * Takes out who gives up.
	 * @param visit who
	 * @return whether it was there
	 */
	boolean remove(Visit visit) {
		SequencedMap<String, SequencedSet<Visit>> sessions = client(visit);
		SequencedSet<Visit> session = session(visit);
		boolean there = session.remove(visit);
		if (there) {
			this.size--;
		}
		if (session.isEmpty()) {
			sessions.remove(visit.session());
		}
		if (sessions.isEmpty()) {
			this.clients.remove(visit.client());
		}
		if (isEmpty()) {
			this.pace.end();
		}
		return there;
	}

	/**
	 * Takes out who has its turn.
	 * @param visit who
	 */
	void turn(Visit visit) {
		putLast(client(visit), visit.session());
		putLast(this.clients, visit.client());
		this.pace.turn();
		remove(visit);
	}

	/**
	 * Who would be the next.
	 * @param look the look that is had at all
	 * @return the one; null where nobody here has room
	 */
	@Nullable Visit next(Look look) {
		Visit first = this.clients.firstEntry().getValue().firstEntry().getValue().getFirst();
		Round round = look.roundOf(this);
		if (round == null) {
			if (look.finds(first)) {
				return first;
			}
			round = new Round(this.clients);
			look.begin(this, round);
		}
		else if (look.hasTried(first)) {
			return null;
		}
		if (look.isFull(first.needs())) {
			return null;
		}
		Visit next = round.next(look, this.clients);
		if (next == null && !look.isFull(first.needs())) {
			look.passed(this);
		}
		return next;
	}

	/**
	 * How many have their turns before one more of a client has: each client's as many.
	 */
	int before(Visit visit) {
		SequencedMap<String, SequencedSet<Visit>> own = this.clients.get(visit.client());
		int mine = (own != null) ? own.values().stream().mapToInt(SequencedSet::size).sum() : 0;
		long rounds = (long) (mine + 1) * this.clients.size();
		return (int) Math.min(this.size, rounds);
	}

	private SequencedMap<String, SequencedSet<Visit>> client(Visit visit) {
		return this.clients.computeIfAbsent(visit.client(), (one) -> new LinkedHashMap<>());
	}

	private SequencedSet<Visit> session(Visit visit) {
		return client(visit).computeIfAbsent(visit.session(), (one) -> new LinkedHashSet<>());
	}

	private static <V> void putFirst(SequencedMap<String, V> map, String key) {
		V value = map.get(key);
		if (value != null) {
			map.putFirst(key, value);
		}
	}

	private static <V> void putLast(SequencedMap<String, V> map, String key) {
		V value = map.get(key);
		if (value != null) {
			map.putLast(key, value);
		}
	}

}
