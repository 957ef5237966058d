package dev.sluice.adapter;

import java.util.ArrayList;
import java.util.List;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.InputItem;

/**
 * A feed that has as much room as the test says, and refuses no item but the end.
 */
final class FeedByHand implements Feed {

	final List<InputItem> given = new ArrayList<>();

	private Runnable room = () -> {
	};

	private int places = Integer.MAX_VALUE;

	@Override
	public void check(InputItem item) {
		if (item instanceof InputItem.EndOfFile) {
			throw ExecutionFailure.refused(FailureCode.UNSUPPORTED, "No end");
		}
	}

	@Override
	public synchronized boolean give(InputItem item) {
		if (this.places == 0) {
			return false;
		}
		this.places--;
		return this.given.add(item);
	}

	@Override
	public void onRoom(Runnable listener) {
		this.room = listener;
	}

	/** Makes room for so many items, and for no more. */
	void roomFor(int items) {
		synchronized (this) {
			this.places = items;
		}
		this.room.run();
	}

}
