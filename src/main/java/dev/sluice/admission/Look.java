package dev.sluice.admission;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * One look through those who wait, and what it has learnt so far: who had no room is not
 * asked again, and nobody is for what nobody has.
 */
final class Look {

	/** What there is no room for, whoever asks. */
	private final Set<Object> full = new HashSet<>();

	/** Lines in which nobody has room. */
	private final Set<Line> passed = new HashSet<>();

	/** Lines in which somebody has none. */
	private final Map<Line, Round> rounds = new HashMap<>();

	/**
	 * Whether somebody can be let in.
	 * @param first who is the first of his session and client
	 * @return whether there is room
	 */
	boolean finds(Visit first) {
		if (hasTried(first)) {
			return false;
		}
		if (first.candidate().hasRoom()) {
			return true;
		}
		if (!first.candidate().mayOthersHaveRoom()) {
			this.full.add(first.needs());
		}
		return false;
	}

	/**
	 * Whether somebody was let in, and refused: then there is no room for the others.
	 * @param first who
	 * @return whether he was
	 */
	boolean hasTried(Visit first) {
		boolean tried = first.wasTriedIn(this);
		if (tried) {
			this.full.add(first.needs());
		}
		return tried;
	}

	boolean isFull(Object needs) {
		return this.full.contains(needs);
	}

	boolean hasPassed(Line line) {
		return this.passed.contains(line);
	}

	/** Nobody there has room. */
	void passed(Line line) {
		this.passed.add(line);
	}

	@Nullable Round roundOf(Line line) {
		return this.rounds.get(line);
	}

	void begin(Line line, Round round) {
		this.rounds.put(line, round);
	}

}
