package dev.sluice.adapter;

import java.time.Duration;
import java.util.regex.Pattern;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import dev.sluice.execution.FailureCode;
import dev.sluice.http.Bodies;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Runs each execution once, however often it is asked for by its id: a call that comes
 * while it runs waits for the same verdict, and one that comes later gets it again.
 * <p>
 * A cancel by a caller is a caller that leaves. When the last one has left, the execution
 * is cancelled, at once or, where it is repeatable, after the linger time; it does not
 * run again by that id.
 */
final class Deduplication implements Executor {

	private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,64}");

	private final Workshop workshop;

	private final Timely timely;

	private final Ledger ledger;

	private final Scheduler scheduler;

	private final Duration linger;

	private final Duration cancelTime;

	Deduplication(Workshop workshop, AdapterProperties properties, Scheduler scheduler) {
		this.workshop = workshop;
		this.timely = new Timely(workshop, scheduler);
		this.ledger = new Ledger(properties, scheduler);
		this.scheduler = scheduler;
		this.linger = properties.linger();
		this.cancelTime = properties.cancelTime();
	}

	/**
	 * Checks an id.
	 * @param id the id
	 * @return the id
	 * @throws ExecutionFailure with {@link FailureCode#INVALID_REQUEST} where it is none
	 */
	static String checked(String id) {
		if (!ID.matcher(id).matches()) {
			throw ExecutionFailure.refused(FailureCode.INVALID_REQUEST,
					"An execution's id has 1 to 64 letters, digits and hyphens, and nothing else");
		}
		return id;
	}

	/**
	 * Runs an execution, or takes part in what is known by its id. The first call's
	 * deadline and terms rule the run; each other call waits until its own deadline.
	 * @param execution what to run
	 * @return the answer; an {@link ExecutionFailure} as the workshop's, and one with
	 * {@link FailureCode#INVALID_REQUEST} where the id came with another body before, or
	 * with {@link FailureCode#ENGINE_UNAVAILABLE} where it was cancelled or its answer is
	 * no longer kept
	 */
	@Override
	public Mono<Answer> execute(Execution execution) {
		return Bodies.process(execution.body(), Fingerprint::of)
			.flatMap((fingerprint) -> Mono.defer(() -> join(execution, fingerprint)))
			.map(Timely::answer);
	}

	/**
	 * Takes part in what is known by an execution's id, and runs nothing: what this
	 * adapter does not know, one before it may have run.
	 * @param execution what may have run
	 * @return the answer, as of {@link #execute}; an {@link ExecutionFailure} with
	 * {@link FailureCode#ENGINE_UNAVAILABLE} where the id is not known
	 */
	Mono<Answer> again(Execution execution) {
		return this.ledger.knows(execution.id()) ? execute(execution) : Mono.error(ExecutionFailure.broken(
				FailureCode.ENGINE_UNAVAILABLE, Executed.UNKNOWN,
				"The session's container has started anew since the execution came, so nobody knows whether it ran"));
	}

	/**
	 * Cancels an execution, whoever waits for it. One that has not come yet does not run
	 * when it comes.
	 * @param id the execution's id
	 * @return completes when nothing is left of its program; an {@link ExecutionFailure}
	 * with {@link FailureCode#DEADLINE_EXCEEDED} where that took too long, or with
	 * {@link FailureCode#ENGINE_UNAVAILABLE} where nobody can know
	 */
	Mono<Void> cancel(String id) {
		return Mono.defer(() -> {
			Known known = this.ledger.forbid(id, ExecutionFailure.refused(FailureCode.ENGINE_UNAVAILABLE,
					"The execution was cancelled before it came, so it did not run"));
			known.cancel(ExecutionFailure.broken(FailureCode.ENGINE_UNAVAILABLE, Executed.UNKNOWN,
					"The execution was cancelled"));
			return this.workshop.knowsTheEnd() ? timelyEnd(known) : knownEnd(known);
		});
	}

	/** How many executions run, or wait for their turn to run. */
	int running() {
		return this.ledger.running();
	}

	/** How many executions are remembered that are over. */
	int kept() {
		return this.ledger.kept();
	}

	/** How many bytes they take. */
	long bytes() {
		return this.ledger.bytes();
	}

	private Mono<byte[]> join(Execution execution, Fingerprint fingerprint) {
		Duration time = execution.terms().repeatable() ? this.linger : Duration.ZERO;
		OneRun fresh = new OneRun(execution, fingerprint, time, this.scheduler, this.ledger);
		Known known = this.ledger.enter(fresh);
		if (known == null) {
			return fresh.begin(this.timely.run(execution, fresh::end));
		}
		if (!known.cameWith(fingerprint)) {
			return Mono.error(ExecutionFailure.refused(FailureCode.INVALID_REQUEST,
					"Another request body came with the same execution id before"));
		}
		return this.timely.within(execution.terms().deadline().left(), known.attach());
	}

	private Mono<Void> timelyEnd(Known known) {
		return known.ended()
			.timeout(
					this.cancelTime, Mono.error(() -> ExecutionFailure.broken(FailureCode.DEADLINE_EXCEEDED,
							Executed.UNKNOWN, "The program did not end within " + this.cancelTime.toMillis() + " ms")),
					this.scheduler);
	}

	/** What has ended says so while it is subscribed to. */
	private static Mono<Void> knownEnd(Known known) {
		return Mono.firstWithSignal(known.ended(),
				Mono.error(() -> ExecutionFailure.broken(FailureCode.ENGINE_UNAVAILABLE, Executed.UNKNOWN,
						"Piston can't be told to stop a program, so it may go on until its limits")));
	}

}
