package dev.sluice.admission;

import java.util.HashSet;
import java.util.Set;

/**
 * One look through those who wait, and what it has learnt so far: nobody is asked twice
 * for the same.
 */
final class Look {

	/** What there is no room for, whoever asks. */
	private final Set<Object> full = new HashSet<>();

	/** Lines in which nobody has room. */
	private final Set<Line> passed = new HashSet<>();

	/**
	 * Whether somebody can be let in.
	 * @param first who is the first of his session and client
	 * @return whether there is room
	 */
	boolean finds(Visit first) {
		if (first.wasTriedIn(this)) {
			this.full.add(first.needs());
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

}
