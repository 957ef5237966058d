package dev.sluice.execution;

/**
 * Who goes first where not all can. The order is that of the turns.
 */
public enum Priority {

	/** Somebody waits for it. */
	INTERACTIVE,

	/** It may wait for all of the others. */
	BATCH;

	/**
	 * The lower one of this and another: nobody is raised by a wish.
	 * @param wish the other
	 * @return the one whose turn is later
	 */
	public Priority lowered(Priority wish) {
		return (wish.compareTo(this) > 0) ? wish : this;
	}

}
