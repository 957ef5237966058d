package dev.sluice.adapter;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.piston.PistonEvents;
import org.jspecify.annotations.Nullable;

/**
 * How a transcript ends. Each reader gets renderings of its own.
 *
 * @param answer all of the answer in Piston's JSON; nothing where there is none
 * @param lastLines the events behind those that the transcript holds
 * @param whole the answer where it is held whole; not to be changed
 */
record Ending(Supplier<Rendering> answer, Supplier<Rendering> lastLines, @Nullable ByteBuffer whole) {

	private static final byte[] NOTHING = new byte[0];

	/** The end of an interactive execution, which has no answer. */
	static final Ending CLOSED = new Ending(() -> Rendering.of(NOTHING), () -> Rendering.of(PistonEvents.end()), null);

	/**
	 * An answer that came whole, of which all events are made as well.
	 * @param answer a verdict in Piston's JSON, not to be changed
	 * @return the ending
	 */
	static Ending whole(byte[] answer) {
		return new Ending(() -> Rendering.of(answer), () -> Rendering.of(lines(answer)), ByteBuffer.wrap(answer));
	}

	/**
	 * A failure, for who has read events before it.
	 * @param failure the failure
	 * @return the ending
	 */
	static Ending failed(ExecutionFailure failure) {
		return new Ending(() -> Rendering.of(NOTHING), () -> Rendering.of(PistonEvents.error(failure)), null);
	}

	/** What is held for it, in bytes. */
	int size() {
		return (this.whole != null) ? this.whole.remaining() : 0;
	}

	private static List<Rendering> lines(byte[] answer) {
		return PistonEvents.of(answer).stream().map(Rendering::of).toList();
	}

}
