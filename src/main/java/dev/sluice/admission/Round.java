package dev.sluice.admission;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SequencedMap;
import java.util.SequencedSet;

import org.jspecify.annotations.Nullable;

/**
 * A look's way through a line, begun where the first one there has no room: who has none
 * is passed, and not met again, however many are let in after him.
 */
final class Round {

	private record Turn(String client, Deque<String> sessions) {
	}

	/** Those that are not passed, in the order of their turns. */
	private final Deque<Turn> turns = new ArrayDeque<>();

	/**
	 * Begins behind the first one.
	 * @param clients the line, by client and session
	 */
	Round(SequencedMap<String, SequencedMap<String, SequencedSet<Visit>>> clients) {
		clients.forEach((client, sessions) -> this.turns.add(new Turn(client, new ArrayDeque<>(sessions.keySet()))));
		this.turns.getFirst().sessions().removeFirst();
	}

	/**
	 * Who would be the next.
	 * @param look the look
	 * @param clients the line now; who has left it since is passed, too
	 * @return the one; null where nobody has room
	 */
	@Nullable Visit next(Look look, SequencedMap<String, SequencedMap<String, SequencedSet<Visit>>> clients) {
		for (Turn turn = this.turns.pollFirst(); turn != null; turn = this.turns.pollFirst()) {
			SequencedMap<String, SequencedSet<Visit>> sessions = clients.get(turn.client());
			for (String name = turn.sessions().pollFirst(); name != null; name = turn.sessions().pollFirst()) {
				SequencedSet<Visit> session = (sessions != null) ? sessions.get(name) : null;
				if (session == null) {
					continue;
				}
				Visit first = session.getFirst();
				if (look.finds(first)) {
					turn.sessions().addLast(name);
					this.turns.addLast(turn);
					return first;
				}
				if (look.isFull(first.needs())) {
					return null;
				}
			}
		}
		return null;
	}

}
