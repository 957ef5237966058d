package dev.sluice.adapter;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * A run that does not belong to one caller: it goes on while any caller waits for it, and
 * a while longer where its client may come back. It is decided once, by whatever comes
 * first: its verdict, its failure, a cancel, or that nobody waits any more. The program's
 * own end may come after that.
 */
final class OneRun implements Known {

	private static final Logger logger = LoggerFactory.getLogger(OneRun.class);

	private final String id;

	private final Fingerprint fingerprint;

	private final Transcript transcript;

	private final Duration linger;

	private final Scheduler scheduler;

	private final Ledger ledger;

	private final Sinks.Empty<Void> outcome = Sinks.empty();

	private final Sinks.Empty<Void> ended = Sinks.empty();

	private final Disposable.Swap work = Disposables.swap();

	private final Disposable.Swap lingering = Disposables.swap();

	private volatile @Nullable Inbox inbox;

	/** What it came to where there is no verdict, or what is said once that is gone. */
	private volatile @Nullable ExecutionFailure failure;

	/** Who made it is its first caller. */
	private int callers = 1;

	private boolean decided;

	/**
	 * Makes a run, which one caller waits for, and which has not begun.
	 * @param execution what it runs, which it does not hold
	 * @param fingerprint of its request
	 * @param transcript takes what happens; the run holds it until it is decided
	 * @param linger how long it goes on where nobody waits, zero for not at all
	 * @param scheduler measures that time
	 * @param ledger is told what it comes to, before its callers are
	 */
	OneRun(Execution execution, Fingerprint fingerprint, Transcript transcript, Duration linger, Scheduler scheduler,
			Ledger ledger) {
		this.id = execution.id();
		this.fingerprint = fingerprint;
		this.transcript = transcript;
		this.linger = linger;
		this.scheduler = scheduler;
		this.ledger = ledger;
	}

	/**
	 * Begins the run, for its first caller.
	 * @param run what to subscribe to, as nobody's but its own
	 * @return that caller's part, which must be left
	 */
	Share begin(Mono<Ending> run) {
		Share first = share();
		this.work.update(run.subscribe(this::succeed, this::failed));
		return first;
	}

	/**
	 * Says where what comes for the program goes.
	 * @param inbox takes it
	 */
	void feedBy(Inbox inbox) {
		this.inbox = inbox;
	}

	/** Where what comes for the program goes; null where it is not interactive. */
	@Nullable Inbox inbox() {
		return this.inbox;
	}

	@Override
	public boolean cameWith(Fingerprint fingerprint) {
		return this.fingerprint.equals(fingerprint);
	}

	@Override
	public Share attach() {
		synchronized (this) {
			this.callers++;
		}
		return share();
	}

	@Override
	public void cancel(ExecutionFailure failure) {
		if (decide()) {
			fail(failure);
		}
	}

	@Override
	public Mono<Void> ended() {
		return this.ended.asMono();
	}

	/** Says that nothing is left of the program. May be called more than once. */
	void end() {
		this.ended.tryEmitEmpty();
	}

	String id() {
		return this.id;
	}

	Fingerprint fingerprint() {
		return this.fingerprint;
	}

	Transcript transcript() {
		return this.transcript;
	}

	/** It may just have been decided, and its transcript be gone. */
	private Share share() {
		if (!this.transcript.hold()) {
			ExecutionFailure known = this.failure;
			throw (known != null) ? known : Ledger.notKept();
		}
		return new Share(this.transcript, this.outcome.asMono(), this::leave);
	}

	private void leave() {
		synchronized (this) {
			if (--this.callers > 0 || this.decided) {
				return;
			}
		}
		if (this.linger.isZero()) {
			abandon();
		}
		else {
			this.lingering
				.update(this.scheduler.schedule(this::abandon, this.linger.toMillis(), TimeUnit.MILLISECONDS));
		}
	}

	private void abandon() {
		synchronized (this) {
			if (this.callers > 0 || !decide()) {
				return;
			}
		}
		fail(ExecutionFailure.broken(FailureCode.ENGINE_UNAVAILABLE, Executed.UNKNOWN,
				"The execution was cancelled when its caller left"));
	}

	private void succeed(Ending ending) {
		if (decide()) {
			this.lingering.dispose();
			this.transcript.end(ending);
			if (this.fingerprint.interactive()) {
				over(interactive());
			}
			else {
				this.ledger.succeeded(this);
			}
			this.outcome.tryEmitEmpty().orThrow();
			this.transcript.letGo();
		}
	}

	private void failed(Throwable error) {
		if (decide()) {
			fail((error instanceof ExecutionFailure known) ? known : unexpected(error));
		}
	}

	/** What runs is stopped first. */
	private void fail(ExecutionFailure failure) {
		this.work.dispose();
		this.lingering.dispose();
		over(failure);
		this.transcript.end(Ending.failed(failure));
		this.outcome.tryEmitError(failure).orThrow();
		this.transcript.letGo();
	}

	private void over(ExecutionFailure failure) {
		this.failure = failure;
		this.ledger.failed(this, failure);
	}

	private synchronized boolean decide() {
		boolean first = !this.decided;
		this.decided = true;
		return first;
	}

	private static ExecutionFailure unexpected(Throwable error) {
		logger.error("An execution failed by a fault of ours", error);
		return ExecutionFailure.broken(FailureCode.INTERNAL, Executed.UNKNOWN,
				"The execution failed by a fault of ours; the log says more");
	}

	private static ExecutionFailure interactive() {
		return ExecutionFailure.broken(FailureCode.ENGINE_UNAVAILABLE, Executed.YES,
				"The execution ran already, and what happens in an interactive one is not kept");
	}

}
