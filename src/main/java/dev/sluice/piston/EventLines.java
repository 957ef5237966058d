package dev.sluice.piston;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * Watches the lines in which an adapter tells a program's events: each is an object whose
 * first field is its {@code type}, and the last one says that nothing is missing. The
 * bytes go through as they are.
 */
public final class EventLines {

	private static final byte[] TYPE = "{\"type\":\"".getBytes(StandardCharsets.UTF_8);

	private static final List<byte[]> GOOD = heads("result", "end");

	private static final List<byte[]> LAST = heads("result", "end", "error");

	private static final byte[] ERROR = heads("error").getFirst();

	/** Of a line that tells of a failure. */
	private static final int LONGEST_ERROR = 64 * 1024;

	private static final int LONGEST = LAST.stream().mapToInt((head) -> head.length).max().orElse(0);

	/** The first bytes of the line that is being read. */
	private final byte[] head = new byte[LONGEST];

	private int length;

	private boolean withinLine;

	/** The line that is being read, where it tells of a failure. */
	private @Nullable ByteArrayOutputStream error;

	private EventLines() {
	}

	/**
	 * Lines that are not whole before their last one came.
	 * @param lines the lines, as they came over the wire
	 * @param broken what they fail with where they end without the last one
	 * @param good run where the last one is no error, before the end is told
	 * @param failed told of the failure where it is one, before the end is told
	 * @return the same lines
	 */
	public static Flux<DataBuffer> checked(Flux<DataBuffer> lines, Supplier<? extends Throwable> broken, Runnable good,
			Consumer<ExecutionFailure> failed) {
		return Flux.defer(() -> {
			EventLines watched = new EventLines();
			return lines.doOnNext(watched::look).concatWith(Mono.defer(() -> watched.end(broken, good, failed)));
		});
	}

	/**
	 * The type of an event.
	 * @param line the event's line
	 * @return its type; empty where the line is no event
	 */
	public static String type(byte[] line) {
		for (int i = TYPE.length; i < Math.min(line.length, TYPE.length + LONGEST); i++) {
			if (line[i] == '"') {
				return new String(line, TYPE.length, i - TYPE.length, StandardCharsets.UTF_8);
			}
		}
		return "";
	}

	private Mono<DataBuffer> end(Supplier<? extends Throwable> broken, Runnable good,
			Consumer<ExecutionFailure> failed) {
		if (this.withinLine || !isOneOf(LAST)) {
			return Mono.error(broken);
		}
		if (isOneOf(GOOD)) {
			good.run();
		}
		else {
			failed.accept(failure());
		}
		return Mono.empty();
	}

	private ExecutionFailure failure() {
		ByteArrayOutputStream line = this.error;
		ExecutionFailure told = (line != null) ? PistonFailure.read(0, line.toString(StandardCharsets.UTF_8)) : null;
		return (told != null) ? told : ExecutionFailure.broken(FailureCode.POOL_ANSWER_INVALID, Executed.UNKNOWN,
				"The pool told of a failure in words that nobody knows");
	}

	private void look(DataBuffer buffer) {
		try (DataBuffer.ByteBufferIterator parts = buffer.readableByteBuffers()) {
			parts.forEachRemaining(this::look);
		}
	}

	private void look(ByteBuffer bytes) {
		while (bytes.hasRemaining()) {
			byte one = bytes.get();
			if (one == '\n') {
				this.withinLine = false;
			}
			else {
				begin(one);
			}
		}
	}

	private void begin(byte one) {
		if (!this.withinLine) {
			this.withinLine = true;
			this.length = 0;
			this.error = null;
		}
		ByteArrayOutputStream told = this.error;
		if (told != null && told.size() < LONGEST_ERROR) {
			told.write(one);
		}
		if (this.length < LONGEST) {
			this.head[this.length++] = one;
			if (this.length == ERROR.length && startsWith(ERROR)) {
				this.error = new ByteArrayOutputStream();
				this.error.write(ERROR, 0, ERROR.length);
			}
		}
	}

	private boolean isOneOf(List<byte[]> heads) {
		return heads.stream().anyMatch(this::startsWith);
	}

	private boolean startsWith(byte[] expected) {
		return this.length >= expected.length
				&& ByteBuffer.wrap(this.head, 0, expected.length).equals(ByteBuffer.wrap(expected));
	}

	private static List<byte[]> heads(String... types) {
		return List.of(types)
			.stream()
			.map((type) -> ("{\"type\":\"" + type + "\"").getBytes(StandardCharsets.UTF_8))
			.toList();
	}

}
