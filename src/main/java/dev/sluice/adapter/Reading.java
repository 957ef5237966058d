package dev.sluice.adapter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.piston.PistonEvents;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

/**
 * One reader's way through a transcript, as fast as the reader asks. What is in memory is
 * read by who asks, or by a thread of Reactor's where the program wrote more; what is in
 * a file by a thread that may block.
 */
final class Reading {

	private static final Logger logger = LoggerFactory.getLogger(Reading.class);

	private static final int CHUNK = 32 * 1024;

	/** Where a reader is to stop who may not wait for the end. */
	private record Cut(long at, Ending ending) {
	}

	private final FluxSink<DataBuffer> sink;

	private final Transcript transcript;

	private final Disposable.Composite onEnd = Disposables.composite();

	/** Who takes it from 0 reads, and goes on while others add to it. */
	private final AtomicInteger calls = new AtomicInteger();

	private Rendering rendering;

	private boolean isLast;

	private volatile boolean beatDue;

	private volatile @Nullable Cut cut;

	private Reading(FluxSink<DataBuffer> sink, Transcript transcript, Rendering rendering, boolean isLast) {
		this.sink = sink;
		this.transcript = transcript;
		this.rendering = rendering;
		this.isLast = isLast;
	}

	/**
	 * Reads the answer of a transcript that has ended.
	 * @param transcript the transcript, held until this has come to its end
	 * @return the bytes
	 */
	static Flux<DataBuffer> answer(Transcript transcript) {
		return Flux.create((sink) -> {
			Ending ending = transcript.ending();
			if (ending == null) {
				sink.error(new IllegalStateException("An answer is read at its end"));
				return;
			}
			if (ending.whole() != null) {
				sink.next(DefaultDataBufferFactory.sharedInstance.wrap(ending.whole().duplicate()));
				sink.complete();
				return;
			}
			new Reading(sink, transcript, ending.answer().get(), true).begin();
		});
	}

	/**
	 * Reads the events of a transcript, from the first one on, as they come. Where none
	 * has come yet the first line is a heartbeat.
	 * @param transcript the transcript, held until this has come to its end
	 * @param heartbeats tells when to say that there is nothing to say
	 * @param expiry when this reader's time is over, and how its lines end then
	 * @param scheduler measures that time
	 * @return the lines, in pieces that may end anywhere
	 */
	static Flux<DataBuffer> events(Transcript transcript, Heartbeats heartbeats, @Nullable Expiry expiry,
			Scheduler scheduler) {
		return Flux.create((sink) -> {
			Reading reading = new Reading(sink, transcript, transcript.lines(), false);
			reading.beatDue = transcript.written() == 0 && transcript.ending() == null;
			Runnable beat = reading::beat;
			heartbeats.add(beat);
			reading.onEnd.add(() -> heartbeats.remove(beat));
			if (expiry != null) {
				reading.onEnd.add(scheduler.schedule(() -> reading.stop(expiry), expiry.left().toMillis(),
						TimeUnit.MILLISECONDS));
			}
			reading.begin();
		});
	}

	/**
	 * When a reader's own time is over, where that may be before the end.
	 *
	 * @param left how much time is left
	 * @param failure the last line where it is over
	 * @param action run then
	 */
	record Expiry(Duration left, ExecutionFailure failure, Runnable action) {
	}

	private void begin() {
		Runnable more = this::more;
		this.transcript.onMore(more);
		this.onEnd.add(() -> this.transcript.forget(more));
		this.sink.onDispose(this.onEnd);
		this.sink.onRequest((count) -> call());
	}

	/** Where nobody asks, who asks next will see. */
	private void more() {
		if (this.sink.requestedFromDownstream() > 0 && this.calls.getAndIncrement() == 0) {
			Disposable _ = Schedulers.parallel().schedule(() -> read(false));
		}
	}

	private void call() {
		if (this.calls.getAndIncrement() == 0) {
			read(false);
		}
	}

	private void beat() {
		this.beatDue = true;
		more();
	}

	private void stop(Expiry expiry) {
		if (this.transcript.ending() == null) {
			this.cut = new Cut(this.transcript.written(), Ending.failed(expiry.failure()));
			expiry.action().run();
			more();
		}
	}

	/** Nobody else does this before it has come to its end. */
	private void read(boolean mayBlock) {
		int served = this.calls.get();
		do {
			try {
				if (!readOn(mayBlock)) {
					return;
				}
			}
			catch (IOException | RuntimeException ex) {
				fail(ex);
				return;
			}
			served = this.calls.addAndGet(-served);
		}
		while (served != 0);
	}

	/**
	 * Reads while the reader wants more and there is more.
	 * @return whether to go on when there is something new; false where somebody else
	 * does, or all was read
	 */
	private boolean readOn(boolean mayBlock) throws IOException {
		while (this.sink.requestedFromDownstream() > 0 && !this.sink.isCancelled()) {
			Cut stop = this.cut;
			Ending ending = (stop != null) ? stop.ending() : this.transcript.ending();
			long written = this.transcript.written();
			if (!mayBlock && this.transcript.mayBlock()) {
				// It is not disposed of: an interrupt would close the file for all.
				Disposable _ = Schedulers.boundedElastic().schedule(() -> read(true));
				return false;
			}
			ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
			boolean over = pour(buffer, ending, (stop != null) ? Math.min(written, stop.at()) : written);
			boolean silent = buffer.position() == 0;
			if (!silent) {
				this.beatDue = false;
				emit(buffer);
			}
			if (over) {
				this.sink.complete();
				return false;
			}
			if (silent) {
				if (!this.beatDue) {
					return true;
				}
				this.beatDue = false;
				this.sink.next(DefaultDataBufferFactory.sharedInstance.wrap(PistonEvents.heartbeat()));
			}
		}
		return true;
	}

	private boolean pour(ByteBuffer into, @Nullable Ending ending, long end) throws IOException {
		boolean all = this.rendering.pour(into, end);
		if (all && !this.isLast && ending != null) {
			this.rendering = ending.lastLines().get();
			this.isLast = true;
			all = this.rendering.pour(into, end);
		}
		return all && this.isLast;
	}

	/** A small piece does not keep a large buffer. */
	private void emit(ByteBuffer buffer) {
		buffer.flip();
		ByteBuffer piece = (buffer.limit() > CHUNK / 2) ? buffer
				: ByteBuffer.allocate(buffer.limit()).put(buffer).flip();
		this.sink.next(DefaultDataBufferFactory.sharedInstance.wrap(piece));
	}

	private void fail(Exception error) {
		if (this.sink.isCancelled()) {
			logger.debug("A reader left while it read", error);
			return;
		}
		logger.error("What a program wrote can't be read", error);
		this.sink.error(ExecutionFailure.broken(FailureCode.INTERNAL, Executed.YES,
				"What the program wrote can't be read again; the log says more"));
	}

}
