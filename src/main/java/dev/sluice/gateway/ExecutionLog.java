package dev.sluice.gateway;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import dev.sluice.execution.Report;
import dev.sluice.execution.Observer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Writes one line an execution, on a thread of its own: where lines are written may be
 * slow. What it can't keep up with is dropped, and counted.
 */
final class ExecutionLog implements Observer, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger("dev.sluice.executions");

	private static final Duration WRITTEN_WITHIN = Duration.ofSeconds(2);

	private record Line(Report report, long total) {
	}

	private final LogLine form;

	private final int most;

	private final Queue<Line> lines = new ConcurrentLinkedQueue<>();

	private final AtomicInteger waiting = new AtomicInteger();

	private final LongAdder dropped = new LongAdder();

	/** A thread that may wait: a file that takes the lines may be slow. */
	private final Scheduler writer = Schedulers
		.newSingle(Thread.ofPlatform().daemon().name("executions-log").factory());

	/**
	 * Makes it.
	 * @param form what a line says, and how
	 * @param most how many lines may wait to be written
	 */
	ExecutionLog(LogLine form, int most) {
		this.form = form;
		this.most = most;
	}

	@Override
	public boolean records(String trace) {
		return false;
	}

	@Override
	public void began() {
		// There is nothing to tell yet.
	}

	@Override
	public void ended(Report report) {
		int before = this.waiting.getAndIncrement();
		if (before >= this.most) {
			this.waiting.decrementAndGet();
			this.dropped.increment();
			return;
		}
		this.lines.add(new Line(report, report.timeline().totalNanos()));
		if (before == 0) {
			this.writer.schedule(this::write);
		}
	}

	/**
	 * How many lines were dropped.
	 * @return the number since the start
	 */
	long dropped() {
		return this.dropped.sum();
	}

	/** Writes what waits. */
	@Override
	public void close() {
		CountDownLatch written = new CountDownLatch(1);
		this.writer.schedule(written::countDown);
		try {
			boolean _ = written.await(WRITTEN_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.writer.dispose();
	}

	private void write() {
		do {
			Line line = this.lines.poll();
			while (line == null) {
				// It is counted already, and about to come.
				Thread.onSpinWait();
				line = this.lines.poll();
			}
			write(line);
		}
		while (this.waiting.decrementAndGet() != 0);
	}

	private void write(Line line) {
		try {
			this.form.write(logger, line.report(), line.total());
		}
		// Whatever an appender is broken by, it is not to end the writer.
		catch (RuntimeException | Error ex) {
			this.dropped.increment();
		}
	}

}
