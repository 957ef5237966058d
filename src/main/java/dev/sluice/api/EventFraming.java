package dev.sluice.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.piston.PistonEvents;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

/**
 * Brings a program's events, as they come from an adapter, into the form that a client
 * asked for. Only whole lines are sent on, so that where they break an {@code error}
 * event can follow; a line too long to be held goes out as it comes.
 */
final class EventFraming {

	/** More than any line but a result's has. */
	private static final int HELD = 128 * 1024;

	private final EventFormat format;

	/** What came of a line, and was not sent. */
	private final List<DataBuffer> held = new ArrayList<>();

	private int heldBytes;

	/** Whether the beginning of a line was sent, and its end was not. */
	private boolean withinLine;

	/** Whoever left may have done so on another thread. */
	private boolean over;

	private EventFraming(EventFormat format) {
		this.format = format;
	}

	/**
	 * Frames events.
	 * @param lines an adapter's lines
	 * @param format the form that they are to have
	 * @return the events, the last of which is an error where the lines failed with an
	 * {@link ExecutionFailure}
	 */
	static Flux<DataBuffer> of(Flux<DataBuffer> lines, EventFormat format) {
		return Flux.defer(() -> {
			EventFraming framing = new EventFraming(format);
			return lines.<DataBuffer>handle((buffer, sink) -> {
				DataBuffer ready = framing.add(buffer);
				if (ready != null) {
					sink.next(ready);
				}
			})
				.onErrorResume(ExecutionFailure.class, (failure) -> Flux.just(framing.failed(failure)))
				.doFinally((signal) -> framing.release());
		});
	}

	private synchronized @Nullable DataBuffer add(DataBuffer buffer) {
		if (this.over) {
			DataBufferUtils.release(buffer);
			return null;
		}
		int end = buffer.lastIndexOf((one) -> one == '\n', buffer.writePosition() - 1) - buffer.readPosition() + 1;
		boolean isOver = end > 0;
		if (!isOver) {
			hold(buffer);
			return (this.withinLine || this.heldBytes > HELD) ? unfinished() : null;
		}
		boolean goesOn = end < buffer.readableByteCount();
		if (!goesOn) {
			hold(buffer);
			return finished();
		}
		DataBuffer whole = buffer.split(buffer.readPosition() + end);
		hold(whole);
		DataBuffer ready = finished();
		hold(buffer);
		return ready;
	}

	private void hold(DataBuffer buffer) {
		this.held.add(buffer);
		this.heldBytes += buffer.readableByteCount();
	}

	private DataBuffer finished() {
		boolean goesOn = this.withinLine;
		this.withinLine = false;
		DataBuffer lines = joined();
		return switch (this.format) {
			case NDJSON -> lines;
			case SSE -> ServerSentEvents.framed(lines, goesOn);
		};
	}

	private DataBuffer unfinished() {
		boolean goesOn = this.withinLine;
		this.withinLine = true;
		DataBuffer part = joined();
		return switch (this.format) {
			case NDJSON -> part;
			case SSE -> ServerSentEvents.framed(part, goesOn);
		};
	}

	private synchronized DataBuffer failed(ExecutionFailure failure) {
		letGo();
		DataBufferFactory buffers = DefaultDataBufferFactory.sharedInstance;
		DataBuffer line = buffers.wrap(PistonEvents.error(failure));
		DataBuffer framed = switch (this.format) {
			case NDJSON -> line;
			case SSE -> ServerSentEvents.framed(line, false);
		};
		// What was begun can't be mended, but it can be told from what follows.
		byte[] apart = this.withinLine
				? ("\n" + ((this.format == EventFormat.SSE) ? "\n" : "")).getBytes(StandardCharsets.UTF_8)
				: new byte[0];
		return buffers.join(List.of(buffers.wrap(apart), framed));
	}

	private DataBuffer joined() {
		DataBuffer joined = (this.held.size() == 1) ? this.held.getFirst()
				: this.held.getFirst().factory().join(List.copyOf(this.held));
		this.held.clear();
		this.heldBytes = 0;
		return joined;
	}

	private synchronized void release() {
		this.over = true;
		letGo();
	}

	private void letGo() {
		this.held.forEach(DataBufferUtils::release);
		this.held.clear();
		this.heldBytes = 0;
	}

}
