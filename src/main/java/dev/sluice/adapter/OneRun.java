package dev.sluice.adapter;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
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

	private final Duration linger;

	private final Scheduler scheduler;

	private final Ledger ledger;

	private final Sinks.One<byte[]> outcome = Sinks.one();

	private final Sinks.Empty<Void> ended = Sinks.empty();

	private final Disposable.Swap work = Disposables.swap();

	private final Disposable.Swap lingering = Disposables.swap();

	/** Who made it is its first caller. */
	private int callers = 1;

	private boolean decided;

	/**
	 * Makes a run, which one caller waits for, and which has not begun.
	 * @param execution what it runs, which it does not hold
	 * @param fingerprint of its body
	 * @param linger how long it goes on where nobody waits, zero for not at all
	 * @param scheduler measures that time
	 * @param ledger is told what it comes to, before its callers are
	 */
	OneRun(Execution execution, Fingerprint fingerprint, Duration linger, Scheduler scheduler, Ledger ledger) {
		this.id = execution.id();
		this.fingerprint = fingerprint;
		this.linger = linger;
		this.scheduler = scheduler;
		this.ledger = ledger;
	}

	/**
	 * Begins the run, for its first caller.
	 * @param run what to subscribe to, as nobody's but its own
	 * @return the outcome for that caller, which must be subscribed to
	 */
	Mono<byte[]> begin(Mono<byte[]> run) {
		this.work.update(run.subscribe(this::succeed, this::failed));
		return outcome();
	}

	@Override
	public Mono<byte[]> attach() {
		synchronized (this) {
			this.callers++;
		}
		return outcome();
	}

	@Override
	public boolean cameWith(Fingerprint fingerprint) {
		return this.fingerprint.equals(fingerprint);
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

	private Mono<byte[]> outcome() {
		return this.outcome.asMono().doFinally((signal) -> {
			if (signal == SignalType.CANCEL) {
				leave();
			}
		});
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

	private void succeed(byte[] verdict) {
		if (decide()) {
			this.lingering.dispose();
			this.ledger.succeeded(this, verdict);
			this.outcome.tryEmitValue(verdict).orThrow();
		}
	}

	private void failed(Throwable error) {
		if (decide()) {
			fail((error instanceof ExecutionFailure failure) ? failure : unexpected(error));
		}
	}

	/** What runs is stopped first. */
	private void fail(ExecutionFailure failure) {
		this.work.dispose();
		this.lingering.dispose();
		this.ledger.failed(this, failure);
		this.outcome.tryEmitError(failure).orThrow();
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

}
