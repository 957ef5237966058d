package dev.sluice.engine;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;

import dev.sluice.execution.Event;
import dev.sluice.execution.Stream;

/**
 * The beginning of what a process writes, for our own eyes.
 */
final class Excerpt implements Consumer<Event> {

	private final int most;

	private final Map<Stream, StringBuilder> texts = new EnumMap<>(Stream.class);

	/**
	 * Makes an empty one.
	 * @param most how many characters of each stream to keep
	 */
	Excerpt(int most) {
		this.most = most;
	}

	@Override
	public synchronized void accept(Event event) {
		if (event instanceof Event.Wrote wrote) {
			StringBuilder text = this.texts.computeIfAbsent(wrote.stream(), (stream) -> new StringBuilder());
			text.append(wrote.text(), 0, Math.min(wrote.text().length(), this.most - text.length()));
		}
	}

	synchronized String text(Stream stream) {
		return this.texts.getOrDefault(stream, new StringBuilder()).toString();
	}

}
