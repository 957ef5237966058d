package dev.sluice.adapter;

import java.util.EnumMap;
import java.util.Map;

import dev.sluice.execution.Event;
import dev.sluice.execution.Stage;
import dev.sluice.execution.Stream;
import dev.sluice.piston.StageText;

/**
 * What a program writes, by its stages.
 */
final class Transcript {

	private final Map<Stage, StageText> texts = new EnumMap<>(Stage.class);

	private StringBuilder stdout = new StringBuilder();

	private StringBuilder stderr = new StringBuilder();

	private StringBuilder output = new StringBuilder();

	void add(Event event) {
		if (event instanceof Event.Wrote wrote) {
			((wrote.stream() == Stream.STDOUT) ? this.stdout : this.stderr).append(wrote.text());
			this.output.append(wrote.text());
		}
		else if (event instanceof Event.Exited exited) {
			this.texts.put(exited.stage(),
					new StageText(this.stdout.toString(), this.stderr.toString(), this.output.toString()));
			this.stdout = new StringBuilder();
			this.stderr = new StringBuilder();
			this.output = new StringBuilder();
		}
	}

	Map<Stage, StageText> texts() {
		return this.texts;
	}

}
