package dev.sluice.adapter;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;

import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The executions that the adapter knows by their ids: those that run, those whose
 * verdicts are kept, and those that must not run again although there is no verdict to
 * give. What did not run is forgotten, since it may be tried anew.
 * <p>
 * Verdicts are bounded by the bytes of their transcripts, in memory and on the disk,
 * which count with what an entry takes beside them; the oldest loses its verdict first.
 * What has none is bounded by number, and takes about half a kilobyte. Both are forgotten
 * after the same time. What runs is bounded by who runs it.
 */
final class Ledger {

	/** About what an entry takes beside its verdict: objects, id and fingerprint. */
	private static final int ENTRY = 512;

	private final Duration time;

	private final long mostBytes;

	private final int mostWithoutVerdict;

	private final Scheduler scheduler;

	private final Map<String, OneRun> running = new HashMap<>();

	private final SequencedMap<String, PastRun> verdicts = new LinkedHashMap<>();

	private final SequencedMap<String, PastRun> withoutVerdict = new LinkedHashMap<>();

	private long bytes;

	Ledger(AdapterProperties properties, Scheduler scheduler) {
		this.time = properties.replayTime();
		this.mostBytes = properties.replayBytes().toBytes();
		this.mostWithoutVerdict = properties.remembered();
		this.scheduler = scheduler;
	}

	/**
	 * Enters a run, where its id is not known.
	 * @param run a run that has not begun
	 * @return what is known by its id already; null where the run was entered
	 */
	synchronized @Nullable Known enter(OneRun run) {
		Known known = find(run.id());
		if (known == null) {
			this.running.put(run.id(), run);
		}
		return known;
	}

	/**
	 * Whether anything is known of an execution.
	 * @param id its id
	 * @return whether it runs, ran or must not run
	 */
	synchronized boolean knows(String id) {
		return find(id) != null;
	}

	/**
	 * Sees to it that an execution which is not known never runs.
	 * @param id its id
	 * @param failure what it gets when it comes
	 * @return what is known by that id now
	 */
	synchronized Known forbid(String id, ExecutionFailure failure) {
		Known known = find(id);
		if (known != null) {
			return known;
		}
		PastRun forbidden = new PastRun(null, null, failure, Mono.empty(), expiry(id));
		remember(id, forbidden);
		return forbidden;
	}

	/**
	 * Keeps what a run came to, so that it can be given again.
	 * @param run the run; one that was not entered is not kept
	 */
	synchronized void succeeded(OneRun run) {
		if (!this.running.remove(run.id(), run)) {
			return;
		}
		PastRun past = new PastRun(run.fingerprint(), run.transcript(), notKept(), run.ended(), expiry(run.id()));
		if (!run.transcript().hold()) {
			throw new IllegalStateException("A run holds its transcript");
		}
		this.verdicts.put(run.id(), past);
		this.bytes += past.size() + ENTRY;
		while (this.bytes > this.mostBytes) {
			Map.Entry<String, PastRun> oldest = this.verdicts.firstEntry();
			this.verdicts.remove(oldest.getKey());
			this.bytes -= oldest.getValue().size() + ENTRY;
			remember(oldest.getKey(), oldest.getValue().forgotten());
		}
	}

	/**
	 * Keeps that a run is over, where it must not run again.
	 * @param run the run; one that was not entered is not kept
	 * @param failure what it gets when it comes again
	 */
	synchronized void failed(OneRun run, ExecutionFailure failure) {
		if (this.running.remove(run.id(), run) && failure.executed() != Executed.NO) {
			remember(run.id(), new PastRun(run.fingerprint(), null, failure, run.ended(), expiry(run.id())));
		}
	}

	/**
	 * What is known by an id.
	 * @param id the id
	 * @return the execution; null where it never came
	 */
	synchronized @Nullable Known known(String id) {
		return find(id);
	}

	synchronized int running() {
		return this.running.size();
	}

	synchronized int kept() {
		return this.verdicts.size() + this.withoutVerdict.size();
	}

	synchronized long bytes() {
		return this.bytes;
	}

	private @Nullable Known find(String id) {
		Known run = this.running.get(id);
		Known verdict = (run != null) ? run : this.verdicts.get(id);
		return (verdict != null) ? verdict : this.withoutVerdict.get(id);
	}

	private void remember(String id, PastRun run) {
		this.withoutVerdict.put(id, run);
		if (this.withoutVerdict.size() > this.mostWithoutVerdict) {
			this.withoutVerdict.pollFirstEntry().getValue().expiry().dispose();
		}
	}

	private Disposable expiry(String id) {
		return this.scheduler.schedule(() -> forget(id), this.time.toMillis(), TimeUnit.MILLISECONDS);
	}

	private synchronized void forget(String id) {
		PastRun removed = this.verdicts.remove(id);
		if (removed != null) {
			this.bytes -= removed.size() + ENTRY;
			PastRun _ = removed.forgotten();
		}
		this.withoutVerdict.remove(id);
	}

	/** What is said where a transcript is gone. */
	static ExecutionFailure notKept() {
		return ExecutionFailure.broken(FailureCode.ENGINE_UNAVAILABLE, Executed.YES,
				"The execution ran already, and its answer is no longer kept; sluice.adapter.replay-bytes bounds that");
	}

}
