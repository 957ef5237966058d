package dev.sluice.execution;

/**
 * Says whether an execution could begin now.
 */
public interface Capacity {

	/**
	 * Whether there is room for an execution now. It may be gone a moment later.
	 * @param execution the execution
	 * @return whether to try it
	 */
	boolean hasRoomFor(Execution execution);

	/**
	 * Has somebody told when room may have come free.
	 * @param listener run from any thread, maybe for nothing; must return at once
	 */
	void onRoom(Runnable listener);

}
