package dev.sluice.adapter;

import java.time.Duration;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import dev.sluice.execution.FailureCode;
import dev.sluice.http.Bodies;
import dev.sluice.piston.InputBatch;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.Sinks.EmitFailureHandler;
import reactor.core.scheduler.Scheduler;

/**
 * Runs each execution once, however often it is asked for by its id: a call that comes
 * while it runs waits for the same verdict, or reads the same events from the first one
 * on, and one that comes later gets them again.
 * <p>
 * A cancel by a caller is a caller that leaves. When the last one has left, the execution
 * is cancelled, at once or, where it is repeatable, after the linger time; it does not
 * run again by that id. An interactive one never lingers, and is not given again.
 */
final class Deduplication implements Executor {

	private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,64}");

	/** Input travels on another connection than the execution, and may overtake it. */
	private static final Duration COMES_WITHIN = Duration.ofSeconds(2);

	private static final Fingerprint UNNAMED = new Fingerprint("", false);

	private final Workshop workshop;

	private final AdapterProperties properties;

	private final Timely timely;

	private final Answers answers;

	private final Ledger ledger;

	private final Scheduler scheduler;

	private final Sinks.Many<OneRun> entered = Sinks.many().multicast().directBestEffort();

	/**
	 * Makes it, with nothing known.
	 * @param workshop runs the executions
	 * @param properties the settings
	 * @param heartbeat after how much silence to who reads events is told that there is
	 * nothing to say
	 * @param scheduler measures the time
	 */
	Deduplication(Workshop workshop, AdapterProperties properties, Duration heartbeat, Scheduler scheduler) {
		this.workshop = workshop;
		this.properties = properties;
		this.timely = new Timely(scheduler);
		this.answers = new Answers(this.timely, heartbeat, scheduler);
		this.ledger = new Ledger(properties, scheduler);
		this.scheduler = scheduler;
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

	@Override
	public Mono<Answer> execute(Execution execution) {
		return execute(execution, Form.ANSWER);
	}

	/**
	 * Runs an execution, or takes part in what is known by its id. The first call's
	 * deadline and terms rule the run; each other call waits until its own deadline.
	 * @param execution what to run
	 * @param form what its caller wants to get
	 * @return the answer; an {@link ExecutionFailure} as the workshop's, and one with
	 * {@link FailureCode#INVALID_REQUEST} where the id came with another request before,
	 * or with {@link FailureCode#ENGINE_UNAVAILABLE} where it was cancelled or its answer
	 * is no longer kept
	 */
	Mono<Answer> execute(Execution execution, Form form) {
		boolean interactive = form == Form.INTERACTIVE;
		return Bodies.process(execution.body(), (body) -> Fingerprint.of(body, interactive))
			.flatMap((fingerprint) -> join(execution, fingerprint, form));
	}

	/**
	 * Runs an execution whose id nobody else knows, so that it is not kept.
	 * @param execution what to run
	 * @param form what its caller wants to get; not interactive, since nobody could feed
	 * it
	 * @return the answer; an {@link ExecutionFailure} as the workshop's
	 */
	Mono<Answer> executeUnnamed(Execution execution, Form form) {
		return Mono.defer(() -> begin(run(execution, UNNAMED, Duration.ZERO), execution, form));
	}

	/**
	 * Gives an interactive execution something from its client. It may come a little
	 * before the execution itself.
	 * @param id the execution's id
	 * @param batch what to give it
	 * @return the number of the item that is to come next; an {@link ExecutionFailure}
	 * with {@link FailureCode#NOT_FOUND} where the execution does not run interactively,
	 * or as {@link Inbox#take} says
	 */
	Mono<Long> input(String id, InputBatch batch) {
		return this.entered.asFlux()
			.filter((run) -> run.id().equals(id))
			.cast(Known.class)
			.mergeWith(Mono.fromSupplier(() -> this.ledger.known(id)))
			.next()
			.timeout(COMES_WITHIN, Mono.empty(), this.scheduler)
			.mapNotNull((known) -> (known instanceof OneRun run) ? run.inbox() : null)
			.switchIfEmpty(Mono.error(() -> ExecutionFailure.refused(FailureCode.NOT_FOUND,
					"No interactive execution runs by the id " + id)))
			.flatMap((inbox) -> inbox.take(batch));
	}

	/**
	 * Takes part in what is known by an execution's id, and runs nothing: what this
	 * adapter does not know, one before it may have run.
	 * @param execution what may have run
	 * @param form what its caller wants to get
	 * @return the answer, as of {@link #execute}; an {@link ExecutionFailure} with
	 * {@link FailureCode#ENGINE_UNAVAILABLE} where the id is not known
	 */
	Mono<Answer> again(Execution execution, Form form) {
		return this.ledger.knows(execution.id()) ? execute(execution, form) : Mono.error(ExecutionFailure.broken(
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

	private Mono<Answer> join(Execution execution, Fingerprint fingerprint, Form form) {
		boolean lingers = execution.terms().repeatable() && !fingerprint.interactive();
		OneRun fresh = run(execution, fingerprint, lingers ? this.properties.linger() : Duration.ZERO);
		Known known = this.ledger.enter(fresh);
		if (known == null) {
			return begin(fresh, execution, form);
		}
		if (!known.cameWith(fingerprint)) {
			return Mono.error(ExecutionFailure.refused(FailureCode.INVALID_REQUEST,
					"Another request body came with the same execution id before"));
		}
		return this.answers.attached(known.attach(), form, execution.terms().deadline().left());
	}

	private OneRun run(Execution execution, Fingerprint fingerprint, Duration linger) {
		return new OneRun(execution, fingerprint, new Transcript(this.properties), linger, this.scheduler, this.ledger);
	}

	private Mono<Answer> begin(OneRun run, Execution execution, Form form) {
		Supplier<Mono<Ending>> work = switch (form) {
			case ANSWER, EVENTS -> () -> this.workshop.run(execution, run.transcript(), run::end);
			case INTERACTIVE -> {
				Conversation conversation = this.workshop.converse(execution, run.transcript(), run::end);
				run.feedBy(new Inbox(conversation.feed(), this.scheduler));
				this.entered.emitNext(run, EmitFailureHandler.busyLooping(COMES_WITHIN));
				yield conversation::run;
			}
		};
		return this.answers.first(run.begin(this.timely.run(execution, work, run::end)), form);
	}

	private Mono<Void> timelyEnd(Known known) {
		return known.ended()
			.timeout(this.properties.cancelTime(),
					Mono.error(() -> ExecutionFailure.broken(FailureCode.DEADLINE_EXCEEDED, Executed.UNKNOWN,
							"The program did not end within " + this.properties.cancelTime().toMillis() + " ms")),
					this.scheduler);
	}

	/** What has ended says so while it is subscribed to. */
	private static Mono<Void> knownEnd(Known known) {
		return Mono.firstWithSignal(known.ended(),
				Mono.error(() -> ExecutionFailure.broken(FailureCode.ENGINE_UNAVAILABLE, Executed.UNKNOWN,
						"Piston can't be told to stop a program, so it may go on until its limits")));
	}

}
