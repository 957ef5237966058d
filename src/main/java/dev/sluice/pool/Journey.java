package dev.sluice.pool;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.pool.Lease.End;
import io.github.resilience4j.reactor.retry.RetryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One execution's way through the pools. What surely did not run is sent again, there or
 * elsewhere; what may have run is asked for again only where its client allows that, of
 * the very session that may have run it.
 */
final class Journey {

	private static final Duration FULL_RETRY_AFTER = Duration.ofSeconds(5);

	private final Pools pools;

	private final Execution execution;

	private final Set<SessionPool> spent = new HashSet<>();

	private int attempts;

	private volatile boolean mayHaveRun;

	private volatile boolean left;

	/**
	 * Whether the pool has just asked for an identifier: what it asks for costs no
	 * budget.
	 */
	private boolean turned;

	private volatile @Nullable Lease answered;

	private volatile @Nullable Ticket ticket;

	private @Nullable ExecutionFailure last;

	private @Nullable SessionPool refused;

	Journey(Pools pools, Execution execution) {
		this.pools = pools;
		this.execution = execution;
	}

	/**
	 * Goes.
	 * @return the answer; an {@link ExecutionFailure} where there is none by the deadline
	 */
	Mono<Answer> go() {
		if (this.execution.terms().deadline().left().isZero()) {
			return Mono.error(told(tooLate()));
		}
		return Mono.defer(this::attempt)
			.transformDeferred(RetryOperator.of(this.pools.retry()))
			.onErrorMap(Again.class, Again::failure)
			.doOnCancel(this::leave)
			.timeout(this.execution.terms().deadline().left(), Mono.error(this::tooLate))
			.onErrorMap(ExecutionFailure.class, this::told)
			.doOnDiscard(Answer.class, Answer::discard);
	}

	private Mono<Answer> attempt() {
		Ticket kept = this.ticket;
		Ticket mine = (kept != null) ? kept : choose();
		this.ticket = mine;
		if (this.left) {
			end(mine, End.UNSENT);
			return Mono.never();
		}
		if (this.last == null) {
			mine.pool().budget().call();
		}
		else if (this.turned || mine.pool().budget().tryRepeat()) {
			this.turned = false;
			mine.pool().countRepeat();
		}
		else {
			return Mono.error(overBudget(mine, this.last));
		}
		return mine.send(this.execution).doOnSuccess((answer) -> {
			this.mayHaveRun = true;
			this.answered = mine.lease();
			this.ticket = null;
		}).onErrorMap(ExecutionFailure.class, (failure) -> next(mine, failure));
	}

	private Ticket choose() {
		try {
			return this.pools.take(this.execution, this.spent);
		}
		catch (ExecutionFailure failure) {
			throw (this.last != null) ? worth(this.last) : failure;
		}
	}

	private ExecutionFailure overBudget(Ticket mine, ExecutionFailure failure) {
		end(mine, this.mayHaveRun ? End.BADLY : End.UNSENT);
		return failure;
	}

	/** What becomes of a failure: it is told, or the execution is sent again. */
	private Throwable next(Ticket mine, ExecutionFailure failure) {
		this.attempts += failure.attempts();
		this.last = failure.in(mine.pool().name());
		if (asksForIdentifier(mine, failure)) {
			end(mine, End.UNSENT);
			this.turned = true;
			return new Again(this.last, Duration.ZERO);
		}
		boolean more = this.attempts < this.pools.attempts();
		if (this.mayHaveRun || failure.executed() != Executed.NO) {
			this.mayHaveRun = true;
			Duration pause = pause(failure);
			if (more && isToBeFoundAgain(mine, failure) && this.execution.terms().deadline().allows(pause)) {
				return new Again(this.last, pause);
			}
			end(mine, (failure.executed() == Executed.NO) ? End.BADLY : End.after(failure));
			return this.last;
		}
		end(mine, End.after(failure));
		this.refused = mine.pool();
		return elsewhere(mine.pool(), failure, more);
	}

	private Throwable elsewhere(SessionPool pool, ExecutionFailure failure, boolean more) {
		ExecutionFailure told = this.last;
		if (told == null || isClients(failure.code())) {
			return failure;
		}
		if (!failure.retryable() || failure.attempts() == 0) {
			this.spent.add(pool);
		}
		if (!more) {
			return told;
		}
		if (this.pools.hasRoomElsewhere(this.execution, this.spent, pool)) {
			return new Again(told, Duration.ZERO);
		}
		Duration pause = pause(failure);
		boolean here = !this.spent.contains(pool) && this.execution.terms().deadline().allows(pause);
		return here ? new Again(told, pause) : worth(told);
	}

	/** What one pool refused waits for another, where there is one that is only busy. */
	private ExecutionFailure worth(ExecutionFailure failure) {
		SessionPool pool = this.refused;
		boolean waits = pool != null && !this.mayHaveRun && failure.executed() == Executed.NO
				&& this.pools.isWorthWaiting(this.execution, this.spent, pool);
		return waits ? Pools.noRoom() : failure;
	}

	private boolean asksForIdentifier(Ticket mine, ExecutionFailure failure) {
		return failure.code() == FailureCode.POOL_IDENTIFIER_REQUIRED && mine.lease().identifier() == null
				&& mine.pool().requireIdentifiers();
	}

	private boolean isToBeFoundAgain(Ticket mine, ExecutionFailure failure) {
		return this.execution.terms().repeatable() && mine.isFindable() && switch (failure.code()) {
			case POOL_BROKE, POOL_NOT_READY, POOL_TIMEOUT, POOL_UNREACHABLE -> true;
			default -> false;
		};
	}

	/** Full jitter, and not before the pool wants to be asked again. */
	private Duration pause(ExecutionFailure failure) {
		RetryProperties properties = this.pools.retries();
		long most = Math.min(properties.maxBackoff().toMillis(),
				properties.backoff().toMillis() << Math.min(Math.max(0, this.attempts - 1), 20));
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

	private ExecutionFailure tooLate() {
		Ticket mine = this.ticket;
		String message = "The execution did not end within its deadline";
		if (this.mayHaveRun || mine != null && mine.lease().isSent()) {
			ExecutionFailure failure = ExecutionFailure.broken(FailureCode.DEADLINE_EXCEEDED, Executed.UNKNOWN,
					message + ", and was ended");
			this.attempts = Math.max(1, this.attempts);
			return (mine != null) ? failure.in(mine.pool().name()) : failure;
		}
		return ExecutionFailure.passing(FailureCode.DEADLINE_EXCEEDED,
				message + ((this.last != null) ? ": " + this.last.message() : ", and had not begun"));
	}

	private ExecutionFailure told(ExecutionFailure failure) {
		ExecutionFailure told = failure.tracedBy(this.execution.id());
		if (this.mayHaveRun && told.executed() == Executed.NO) {
			told = told.executed(Executed.UNKNOWN);
		}
		boolean busy = told.code() == FailureCode.POOL_FULL || told.code() == FailureCode.SESSION_BUSY;
		if (busy && told.retryAfter() == null) {
			told = told.retryAfter(FULL_RETRY_AFTER);
		}
		return isClients(told.code()) ? told : told.afterAttempts(this.attempts);
	}

	private static boolean isClients(FailureCode code) {
		return switch (code) {
			case INVALID_REQUEST, BODY_TIMEOUT, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, UNSUPPORTED -> true;
			default -> false;
		};
	}

}
