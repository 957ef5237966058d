package dev.sluice.pool;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Candidate;
import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Terms;
import dev.sluice.pool.Lease.End;
import io.github.resilience4j.reactor.retry.RetryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One execution's way through the pools. What surely did not run is sent again, there or
 * elsewhere; what may have run is asked for again only where its client allows that, of
 * the very session that may have run it. Where it finds no room it may go once more, and
 * remembers what it met.
 */
final class Journey implements Candidate {

	/**
	 * What decides where an execution finds room, but for its client.
	 *
	 * @param pools the pools that have what it is written in
	 * @param found whether it needs a session that can be called again
	 * @param named whether it goes to a session that its client names
	 * @param refusedBy the pools that it does not go to now
	 */
	private record Needs(List<SessionPool> pools, boolean found, boolean named, Set<String> refusedBy) {
	}

	private final Pools pools;

	private final Execution execution;

	private final Trail trail = new Trail(System::nanoTime);

	private volatile boolean mayHaveRun;

	private volatile boolean left;

	/**
	 * Whether the pool has just asked for an identifier: what it asks for costs no
	 * budget.
	 */
	private boolean turned;

	/** Whether what is under way is a repeat on the pool's budget. */
	private boolean onBudget;

	private volatile @Nullable Lease answered;

	private volatile @Nullable Ticket ticket;

	private volatile @Nullable ExecutionFailure last;

	private @Nullable SessionPool refused;

	Journey(Pools pools, Execution execution) {
		this.pools = pools;
		this.execution = execution;
	}

	@Override
	public boolean hasRoom() {
		return this.pools.hasRoomFor(this.execution, this.trail);
	}

	@Override
	public Object needs() {
		Terms terms = this.execution.terms();
		return new Needs(this.pools.fitting(this.execution), terms.mustBeFoundAgain(), terms.session() != null,
				this.trail.refusals());
	}

	@Override
	public boolean mayOthersHaveRoom() {
		return !this.trail.refusals().isEmpty() || this.pools.mayOthersHaveRoom(this.execution);
	}

	@Override
	public Mono<Answer> enter() {
		return this.pools.isKnown() ? go() : this.pools.known(this.execution).then(Mono.defer(this::go));
	}

	private Mono<Answer> go() {
		return Mono.defer(this::attempt)
			.onErrorResume(this::further)
			.doOnCancel(this::leave)
			.doOnDiscard(Answer.class, Answer::discard);
	}

	private Mono<Answer> further(Throwable error) {
		return switch (error) {
			case Again again -> again(again).onErrorMap(ExecutionFailure.class, this::told);
			case ExecutionFailure failure -> Mono.error(told(failure));
			default -> Mono.error(error);
		};
	}

	/** What a retry needs is made for who needs one. */
	private Mono<Answer> again(Again first) {
		return Mono.delay(first.pause())
			.then(Mono.defer(this::attempt).transformDeferred(RetryOperator.of(this.pools.retry())))
			.onErrorMap(Again.class, Again::failure);
	}

	private Mono<Answer> attempt() {
		if (this.execution.terms().deadline().left().isZero()) {
			return Mono.error(tooLate());
		}
		Ticket kept = this.ticket;
		Ticket mine = (kept != null) ? kept : choose();
		this.ticket = mine;
		if (this.left) {
			end(mine, this.mayHaveRun ? End.CANCELLED : End.UNSENT);
			return Mono.never();
		}
		if (!isPaidFor(mine.pool())) {
			end(mine, this.mayHaveRun ? End.BADLY : End.UNSENT);
			return Mono.error((this.last != null) ? this.last : Pools.noRoom());
		}
		return mine.send(this.execution, this.mayHaveRun).doOnSuccess((answer) -> {
			this.mayHaveRun = true;
			this.answered = mine.lease();
			this.ticket = null;
			if (this.onBudget) {
				mine.pool().budget().giveBack();
			}
		}).onErrorMap(ExecutionFailure.class, (failure) -> next(mine, failure));
	}

	/** Only what the same pool has had before is a repeat. */
	private boolean isPaidFor(SessionPool pool) {
		boolean repeat = this.turned || this.trail.hasAsked(pool);
		this.onBudget = repeat && !this.turned;
		if (!repeat) {
			pool.budget().call();
			return true;
		}
		if (this.onBudget && !pool.budget().tryRepeat()) {
			return false;
		}
		this.turned = false;
		pool.countRepeat();
		return true;
	}

	private Ticket choose() {
		try {
			return this.pools.take(this.execution, this.trail);
		}
		catch (ExecutionFailure failure) {
			throw (this.last != null) ? worth(this.last) : failure;
		}
	}

	/** What becomes of a failure: it is told, or the execution is sent again. */
	private Throwable next(Ticket mine, ExecutionFailure failure) {
		SessionPool pool = mine.pool();
		ExecutionFailure here = failure.in(pool.name());
		this.trail.met(pool, failure);
		this.last = here;
		if (asksForIdentifier(mine, failure)) {
			end(mine, End.UNSENT);
			this.turned = true;
			return new Again(here, Duration.ZERO);
		}
		if (this.mayHaveRun || failure.executed() != Executed.NO) {
			this.mayHaveRun = true;
			Duration pause = pause(failure);
			if (hasAttemptsLeft() && isToBeFoundAgain(mine, failure)
					&& this.execution.terms().deadline().allows(pause)) {
				return new Again(here, pause);
			}
			end(mine, (failure.executed() == Executed.NO) ? End.BADLY : End.after(failure));
			return here;
		}
		this.refused = pool;
		Throwable next = elsewhere(pool, here);
		end(mine, End.after(failure));
		return next;
	}

	private Throwable elsewhere(SessionPool pool, ExecutionFailure failure) {
		if (isClients(failure.code())) {
			return failure;
		}
		Duration pause = pause(failure);
		if (failure.retryable()) {
			this.trail.pass(pool, pause);
		}
		else {
			this.trail.spend(pool);
		}
		if (!hasAttemptsLeft()) {
			return failure;
		}
		if (this.pools.hasRoomElsewhere(this.execution, this.trail, pool)) {
			return new Again(failure, Duration.ZERO);
		}
		boolean again = failure.attempts() > 0 && !this.trail.isSpent(pool)
				&& this.execution.terms().deadline().allows(pause);
		return again ? new Again(failure, pause) : worth(failure);
	}

	private boolean hasAttemptsLeft() {
		return this.trail.attempts() < this.pools.attempts();
	}

	/** What one pool refused waits for another, where there is one that is only busy. */
	private ExecutionFailure worth(ExecutionFailure failure) {
		SessionPool pool = this.refused;
		boolean waits = pool != null && !this.mayHaveRun && failure.executed() == Executed.NO
				&& failure.code() != FailureCode.POOL_FULL
				&& this.pools.isWorthWaiting(this.execution, this.trail, pool);
		return waits ? Pools.noRoom() : failure;
	}

	private boolean asksForIdentifier(Ticket mine, ExecutionFailure failure) {
		return failure.code() == FailureCode.POOL_IDENTIFIER_REQUIRED && mine.lease().identifier() == null
				&& mine.pool().requireIdentifiers();
	}

	private boolean isToBeFoundAgain(Ticket mine, ExecutionFailure failure) {
		return this.execution.terms().repeatable() && mine.lease().isFindable() && switch (failure.code()) {
			case POOL_BROKE, POOL_NOT_READY, POOL_TIMEOUT, POOL_UNREACHABLE -> true;
			default -> false;
		};
	}

	/** Full jitter, and not before the pool wants to be asked again. */
	private Duration pause(ExecutionFailure failure) {
		RetryProperties properties = this.pools.retries();
		long most = Math.min(properties.maxBackoff().toMillis(),
				properties.backoff().toMillis() << Math.clamp(this.trail.attempts() - 1, 0, 20));
		Duration random = Duration.ofMillis(ThreadLocalRandom.current().nextLong(most + 1));
		Duration asked = failure.retryAfter();
		return (asked != null && asked.compareTo(random) > 0) ? asked : random;
	}

	private void end(Ticket mine, End how) {
		this.ticket = null;
		mine.lease().end(how);
	}

	/** Others may be giving it a place, or its answer, at this very moment. */
	private void leave() {
		this.left = true;
		Ticket mine = this.ticket;
		if (mine != null) {
			mine.lease().end(End.CANCELLED);
		}
		Lease lease = this.answered;
		if (lease != null) {
			lease.end(End.CANCELLED);
		}
	}

	/** What is under way has its own end; this one comes between two attempts. */
	private ExecutionFailure tooLate() {
		Ticket mine = this.ticket;
		if (mine != null) {
			end(mine, this.mayHaveRun ? End.BADLY : End.UNSENT);
		}
		ExecutionFailure before = this.last;
		String message = "The execution did not end within its deadline";
		if (this.mayHaveRun && before != null) {
			return ExecutionFailure
				.broken(FailureCode.DEADLINE_EXCEEDED, Executed.UNKNOWN, message + ": " + before.message())
				.in(String.valueOf(before.pool()));
		}
		return ExecutionFailure.passing(FailureCode.DEADLINE_EXCEEDED,
				message + ((before != null) ? ": " + before.message() : ", and had not begun"));
	}

	private ExecutionFailure told(ExecutionFailure failure) {
		ExecutionFailure told = failure.tracedBy(this.execution.id());
		if (this.mayHaveRun && told.executed() == Executed.NO) {
			told = told.executed(Executed.UNKNOWN);
		}
		return isClients(told.code()) ? told : Pools.withRetryAfter(told.afterAttempts(this.trail.attempts()));
	}

	private static boolean isClients(FailureCode code) {
		return switch (code) {
			case INVALID_REQUEST, BODY_TIMEOUT, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, UNSUPPORTED -> true;
			default -> false;
		};
	}

}
