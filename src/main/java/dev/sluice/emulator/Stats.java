package dev.sluice.emulator;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/**
 * Counts what the pool did.
 */
final class Stats {

	/** How many executions are known again when they are delivered once more. */
	private static final int KNOWN = 100_000;

	private final Gauge sessions = new Gauge();

	private final Gauge executions = new Gauge();

	private final LongAdder stopped = new LongAdder();

	private final LongAdder cooled = new LongAdder();

	private final LongAdder full = new LongAdder();

	private final LongAdder received = new LongAdder();

	private final LongAdder delivered = new LongAdder();

	private final LongAdder duplicates = new LongAdder();

	private final Map<String, Boolean> known = new LinkedHashMap<>() {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
			return size() > KNOWN;
		}

	};

	/** The sessions that there are. */
	Gauge sessions() {
		return this.sessions;
	}

	/** The executions that are in a session. */
	Gauge executions() {
		return this.executions;
	}

	/** A session was stopped by a client. */
	void stopped() {
		this.stopped.increment();
	}

	/** A session ended by its cooldown. */
	void cooled() {
		this.cooled.increment();
	}

	/** A session was refused, as there are as many as may be. */
	void full() {
		this.full.increment();
	}

	/** An execution came, whatever becomes of it. */
	void received() {
		this.received.increment();
	}

	/**
	 * An execution is handed to a container.
	 * @param execution its id; null where it has none
	 */
	void delivered(@Nullable String execution) {
		this.delivered.increment();
		if (execution != null && isKnown(execution)) {
			this.duplicates.increment();
		}
	}

	/** What was counted, as it is shown. */
	Map<String, Object> report() {
		Map<String, Object> ofSessions = new LinkedHashMap<>();
		ofSessions.put("now", this.sessions.now());
		ofSessions.put("peak", this.sessions.peak());
		ofSessions.put("allocated", this.sessions.all());
		ofSessions.put("stopped", this.stopped.sum());
		ofSessions.put("cooled", this.cooled.sum());
		ofSessions.put("refused", this.full.sum());
		Map<String, Object> ofExecutions = new LinkedHashMap<>();
		ofExecutions.put("received", this.received.sum());
		ofExecutions.put("delivered", this.delivered.sum());
		ofExecutions.put("duplicates", this.duplicates.sum());
		ofExecutions.put("running", this.executions.now());
		ofExecutions.put("peak", this.executions.peak());
		Map<String, Object> report = new LinkedHashMap<>();
		report.put("sessions", ofSessions);
		report.put("executions", ofExecutions);
		return report;
	}

	private boolean isKnown(String execution) {
		synchronized (this.known) {
			return this.known.put(execution, true) != null;
		}
	}

	/** How many there are, have been at once, and have been at all. */
	static final class Gauge {

		private final AtomicInteger now = new AtomicInteger();

		private final AtomicInteger peak = new AtomicInteger();

		private final LongAdder all = new LongAdder();

		void up() {
			this.all.increment();
			this.peak.accumulateAndGet(this.now.incrementAndGet(), Math::max);
		}

		void down() {
			this.now.decrementAndGet();
		}

		int now() {
			return this.now.get();
		}

		int peak() {
			return this.peak.get();
		}

		long all() {
			return this.all.sum();
		}

	}

}
