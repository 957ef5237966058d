package dev.sluice.adapter;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.InputItem;

/**
 * Where what a client sends to its running program goes. Nothing here blocks.
 */
interface Feed {

	/**
	 * Refuses what can't be given.
	 * @param item what is to be given
	 * @throws ExecutionFailure with {@link FailureCode#INVALID_REQUEST} where it is
	 * nothing that there is, or with {@link FailureCode#UNSUPPORTED} where what runs the
	 * program can't do it
	 */
	void check(InputItem item);

	/**
	 * Gives an item, all of it or nothing, behind what was given before. Where the
	 * program is over it is ignored.
	 * @param item one that passed the check
	 * @return false where there is no room for it; where nothing waits there always is
	 */
	boolean give(InputItem item);

	/**
	 * Has somebody told when room may have come free.
	 * @param listener run on any thread; returns at once
	 */
	void onRoom(Runnable listener);

}
