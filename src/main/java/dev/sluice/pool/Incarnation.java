package dev.sluice.pool;

import org.jspecify.annotations.Nullable;

/**
 * Which of an adapter's lives answers in a session: a container that starts anew knows
 * nothing of what ran in it before.
 */
final class Incarnation {

	private volatile @Nullable String seen;

	/**
	 * Takes note of what an answer bears.
	 * @param told the adapter's word; null where it bears none
	 */
	void saw(@Nullable String told) {
		if (told != null) {
			this.seen = told;
		}
	}

	/** The one that was seen last; null where none has been. */
	@Nullable String seen() {
		return this.seen;
	}

}
