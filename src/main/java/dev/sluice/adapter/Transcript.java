package dev.sluice.adapter;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.adapter.Records.Kind;
import dev.sluice.execution.Event;
import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Stage;
import dev.sluice.execution.Stream;
import dev.sluice.execution.Verdict;
import dev.sluice.piston.PistonAnswer;
import dev.sluice.piston.PistonEvents;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * All that happened in an execution, for any number of readers, each at its own speed and
 * from the beginning: a reader never holds up the program. It is written by one thread at
 * a time, and lives until the last one who holds it has let go.
 */
final class Transcript {

	private static final byte[] RESULT = PistonEvents.beforeResult();

	private static final byte[] LINE_END = { '\n' };

	/** Up to here a whole answer is made into events in about a millisecond. */
	private static final int SMALL = 256 * 1024;

	/** Where the records of what a stage wrote begin and end. */
	private record Span(long from, long to) {
	}

	private final Spool spool;

	private final Map<Stage, Span> spans = new EnumMap<>(Stage.class);

	/** Who made it holds it. */
	private final AtomicInteger holds = new AtomicInteger(1);

	private final Sinks.Empty<Void> begun = Sinks.empty();

	private final Set<Runnable> listeners = ConcurrentHashMap.newKeySet();

	private volatile @Nullable Ending ending;

	Transcript(AdapterProperties properties) {
		this.spool = new Spool((int) properties.spoolMemory().toBytes(), properties.spoolFolder());
	}

	/**
	 * Takes down an event of the engine; the last one is taken by {@link #concluded}. May
	 * block on the disk.
	 * @param event the event
	 * @throws ExecutionFailure where the disk does not take it
	 */
	void add(Event event) {
		switch (event) {
			case Event.Chosen chosen -> line(PistonEvents.runtime(chosen.runtime()));
			case Event.Began began -> began(began.stage());
			case Event.Wrote wrote -> wrote(wrote.stream(), wrote.text());
			case Event.Exited exited -> exited(exited.stage(), exited.result().code(), exited.result().signal());
			case Event.Ended _ -> {
			}
		}
	}

	void line(byte[] line) {
		append(Records.header(Kind.LINE, line.length), line);
	}

	void began(Stage stage) {
		line(PistonEvents.stage(stage));
		this.spans.put(stage, new Span(this.spool.size(), this.spool.size()));
	}

	void wrote(Stream stream, String text) {
		byte[] escaped = PistonEvents.escaped(text);
		append(Records.header(Kind.of(stream), escaped.length), escaped);
	}

	void exited(Stage stage, @Nullable Integer code, @Nullable String signal) {
		this.spans.computeIfPresent(stage, (known, span) -> new Span(span.from(), this.spool.size()));
		line(PistonEvents.exit(stage, code, signal));
	}

	/**
	 * The ending that a verdict makes together with what was taken down, which is all.
	 * @param verdict the verdict
	 * @return the ending
	 */
	Ending concluded(Verdict verdict) {
		this.spool.trim();
		return new Ending(() -> Rendering.of(answer(verdict)), () -> Rendering.of(result(verdict)), null);
	}

	/**
	 * Ends it, once. What a program that is being stopped writes after that is not read.
	 * @param how the ending
	 */
	void end(Ending how) {
		this.ending = how;
		wakeReaders();
	}

	/**
	 * How it ended. What has been {@linkplain #written() written} by then is all.
	 * @return the ending; null while it is written
	 */
	@Nullable Ending ending() {
		return this.ending;
	}

	/** How far it can be read now. */
	long written() {
		return this.spool.size();
	}

	/** What it takes, in memory and on the disk. */
	long size() {
		Ending how = this.ending;
		return this.spool.size() + ((how != null) ? how.size() : 0);
	}

	/** Whether reading it may take its time, as far as it is written. */
	boolean mayBlock() {
		Ending how = this.ending;
		return this.spool.hasFile() || how != null && how.size() > SMALL;
	}

	/**
	 * Tells when the first event has come.
	 * @return completes then, and never where there is none
	 */
	Mono<Void> begun() {
		return this.begun.asMono();
	}

	EventLines lines() {
		return new EventLines(this.spool);
	}

	/**
	 * Has a reader told when there is more, on the writer's thread.
	 * @param listener returns at once
	 */
	void onMore(Runnable listener) {
		this.listeners.add(listener);
	}

	void forget(Runnable listener) {
		this.listeners.remove(listener);
	}

	/**
	 * Keeps it for one more.
	 * @return false where it is gone
	 */
	boolean hold() {
		return this.holds.getAndUpdate((holds) -> (holds > 0) ? holds + 1 : 0) > 0;
	}

	/** Lets go of it, once for each hold. */
	void letGo() {
		if (this.holds.decrementAndGet() == 0) {
			this.spool.close();
		}
	}

	/**
	 * What comes from a program that is being stopped may come when nobody holds this.
	 */
	private void append(byte[]... pieces) {
		if (!hold()) {
			return;
		}
		try {
			this.spool.append(pieces);
		}
		catch (IOException ex) {
			throw ExecutionFailure.broken(FailureCode.ENGINE_UNAVAILABLE, Executed.YES,
					"What the program wrote can't be kept (" + ex.getMessage()
							+ "): sluice.adapter.spool-folder names another folder");
		}
		finally {
			letGo();
		}
		this.begun.tryEmitEmpty();
		wakeReaders();
	}

	private void wakeReaders() {
		this.listeners.forEach(Runnable::run);
	}

	private List<Rendering> answer(Verdict verdict) {
		Parts parts = new Parts();
		PistonAnswer.lay(verdict, parts);
		return parts.parts;
	}

	/** Its opening brace is the line's. */
	private List<Rendering> result(Verdict verdict) {
		List<Rendering> parts = new ArrayList<>(answer(verdict));
		parts.set(0, Rendering.of(RESULT));
		parts.add(Rendering.of(LINE_END));
		return parts;
	}

	/** An answer's pieces, with what was written read from the spool. */
	private final class Parts implements PistonAnswer.Layout {

		private final List<Rendering> parts = new ArrayList<>();

		@Override
		public void json(byte[] piece) {
			this.parts.add(Rendering.of(piece));
		}

		@Override
		public void text(Stage stage, @Nullable Stream stream) {
			Map<Stage, Span> spans = Transcript.this.spans;
			Span span = spans.getOrDefault(stage, spans.get(Stage.COMPILE));
			if (span != null) {
				this.parts.add(new WrittenText(Transcript.this.spool, span.from(), span.to(),
						(stream != null) ? Kind.of(stream) : null));
			}
		}

	}

}
