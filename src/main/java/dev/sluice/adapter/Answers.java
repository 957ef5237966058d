package dev.sluice.adapter;

import java.time.Duration;

import dev.sluice.adapter.Reading.Expiry;
import dev.sluice.execution.Answer;
import dev.sluice.execution.FailureCode;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Scheduler;

/**
 * Makes answers of callers' parts in executions. An answer owns its caller's part.
 */
final class Answers {

	private final Timely timely;

	private final Heartbeats heartbeats;

	private final Scheduler scheduler;

	Answers(Timely timely, Duration heartbeat, Scheduler scheduler) {
		this.timely = timely;
		this.heartbeats = new Heartbeats(heartbeat, scheduler);
		this.scheduler = scheduler;
	}

	/**
	 * The answer for who began a run, whose deadline is the run's own.
	 * @param share the caller's part
	 * @param form what the caller wants
	 * @return the answer: whole at its end, or with events as soon as there is one or it
	 * is time for a heartbeat
	 */
	Mono<Answer> first(Share share, Form form) {
		return answer(share, form, null);
	}

	/**
	 * The answer for who came later, and does not wait longer than for its own time.
	 * @param share the caller's part
	 * @param form what the caller wants
	 * @param left how long the caller waits for the end
	 * @return the answer, as with {@link #first}; a failure with
	 * {@link FailureCode#DEADLINE_EXCEEDED} where its time is over before it began, and
	 * later a last line with that
	 */
	Mono<Answer> attached(Share share, Form form, Duration left) {
		return answer(share, form, left);
	}

	private Mono<Answer> answer(Share share, Form form, @Nullable Duration left) {
		Mono<Void> begun = switch (form) {
			case ANSWER -> share.outcome();
			case EVENTS, INTERACTIVE -> begun(share);
		};
		Expiry expiry = (left != null) ? new Expiry(left, Timely.tooLate(), share::waitNoLonger) : null;
		return ((left != null) ? this.timely.within(left, begun) : begun)
			.then(Mono.fromSupplier(() -> read(share, form, expiry)))
			.doFinally((signal) -> {
				if (signal != SignalType.ON_COMPLETE) {
					share.leave();
				}
			});
	}

	/** Where all has been said the first event has come as well. */
	private Mono<Void> begun(Share share) {
		return Mono.firstWithSignal(share.transcript().begun(), share.outcome(),
				Mono.delay(this.heartbeats.interval(), this.scheduler).then());
	}

	private Answer read(Share share, Form form, @Nullable Expiry expiry) {
		Transcript transcript = share.transcript();
		return Answer.streaming(switch (form) {
			case ANSWER -> Reading.answer(transcript);
			case EVENTS, INTERACTIVE -> Reading.events(transcript, this.heartbeats, expiry, this.scheduler);
		}, () -> {
		}).onEnd(share::leave);
	}

}
