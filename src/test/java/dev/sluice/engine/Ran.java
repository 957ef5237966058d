package dev.sluice.engine;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

import dev.sluice.execution.Event;
import dev.sluice.execution.Stage;
import dev.sluice.execution.StageResult;
import dev.sluice.execution.Status;
import dev.sluice.execution.Stream;

/**
 * How a stage ended, with what it wrote.
 */
record Ran(StageResult result, String stdout, String stderr, String output) {

	/**
	 * Finds a stage in a program's story.
	 * @param events all events of a program
	 * @param stage one that ended
	 */
	static Ran of(List<Event> events, Stage stage) {
		int begin = events.indexOf(new Event.Began(stage));
		int end = begin;
		while (!(events.get(end) instanceof Event.Exited)) {
			end++;
		}
		List<Event.Wrote> wrote = events.subList(begin, end)
			.stream()
			.filter(Event.Wrote.class::isInstance)
			.map(Event.Wrote.class::cast)
			.toList();
		return new Ran(((Event.Exited) events.get(end)).result(),
				text(wrote.stream().filter((event) -> event.stream() == Stream.STDOUT).toList()),
				text(wrote.stream().filter((event) -> event.stream() == Stream.STDERR).toList()), text(wrote));
	}

	private static String text(List<Event.Wrote> events) {
		return events.stream().map(Event.Wrote::text).collect(Collectors.joining());
	}

	boolean succeeded() {
		return this.result.succeeded();
	}

	Integer code() {
		return this.result.code();
	}

	String signal() {
		return this.result.signal();
	}

	Status status() {
		return this.result.status();
	}

	String message() {
		return this.result.message();
	}

	Long memory() {
		return this.result.memory();
	}

	Duration cpuTime() {
		return this.result.cpuTime();
	}

	Duration wallTime() {
		return this.result.wallTime();
	}

}
