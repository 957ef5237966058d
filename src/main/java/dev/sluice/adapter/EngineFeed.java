package dev.sluice.adapter;

import java.nio.charset.StandardCharsets;

import dev.sluice.engine.Input;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.InputItem;

/**
 * Feeds a program of the engine.
 */
final class EngineFeed implements Feed {

	private final Input input;

	EngineFeed(Input input) {
		this.input = input;
	}

	@Override
	public void check(InputItem item) {
		if (item instanceof InputItem.Signal signal && !Input.SIGNALS.contains(signal.name())) {
			throw ExecutionFailure.refused(FailureCode.INVALID_REQUEST, "There is no signal " + signal.name());
		}
	}

	@Override
	public boolean give(InputItem item) {
		return switch (item) {
			case InputItem.Text data -> this.input.write(data.text().getBytes(StandardCharsets.UTF_8));
			case InputItem.EndOfFile _ -> {
				this.input.end();
				yield true;
			}
			case InputItem.Signal signal -> {
				this.input.signal(signal.name());
				yield true;
			}
		};
	}

	@Override
	public void onRoom(Runnable listener) {
		this.input.onRoom(listener);
	}

}
