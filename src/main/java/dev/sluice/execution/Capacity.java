package dev.sluice.execution;

/**
 * What lets executions in: it says whether one could begin now, and remembers what that
 * one has met.
 */
public interface Capacity {

	/**
	 * An execution that wants in. Nothing happens yet.
	 * @param execution the execution
	 * @return its way in, for this one execution
	 */
	Candidate candidate(Execution execution);

	/**
	 * Has somebody told when room may have come free.
	 * @param listener run from any thread, maybe for nothing; must return at once
	 */
	void onRoom(Runnable listener);

}
