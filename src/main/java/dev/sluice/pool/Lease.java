package dev.sluice.pool;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import dev.sluice.execution.Answer;
import dev.sluice.execution.ExecutionFailure;
import org.jspecify.annotations.Nullable;

/**
 * An execution's hold on a session. It is ended once; what comes later is ignored.
 */
final class Lease {

	/** How an execution left its session. */
	enum End {

		/** It never reached the session: there may be none. */
		UNSENT,

		/** The pool had no session for it. */
		REFUSED,

		/** It is over, and the session is as good as before. */
		WELL,

		/** Its client left, and its program may go on. */
		CANCELLED,

		/** Nobody knows what goes on in the session. */
		BADLY;

		/**
		 * How an execution leaves a session that it failed in.
		 * @param failure its failure
		 * @return the end
		 */
		static End after(ExecutionFailure failure) {
			return switch (failure.code()) {
				case POOL_UNREACHABLE, POOL_UNAUTHORIZED, POOL_FORBIDDEN, POOL_IDENTIFIER_REQUIRED,
						POOL_IDENTIFIER_REFUSED, POOL_REQUEST_REFUSED, TOKEN_UNAVAILABLE, POOL_UNAVAILABLE ->
					UNSENT;
				case POOL_FULL -> (failure.attempts() > 0) ? REFUSED : UNSENT;
				// Something that nobody waits for runs there.
				case SESSION_BUSY -> BADLY;
				default -> switch (failure.executed()) {
					case NO, YES -> WELL;
					case UNKNOWN -> BADLY;
				};
			};
		}

	}

	private final @Nullable String identifier;

	private final Incarnation incarnation;

	private final Consumer<End> onEnd;

	private volatile boolean reached;

	private volatile boolean sent;

	private volatile @Nullable String sentTo;

	private final AtomicBoolean ended = new AtomicBoolean();

	private volatile @Nullable Answer answer;

	private volatile boolean left;

	/**
	 * Makes a lease.
	 * @param identifier the session's identifier; null where the pool gives one by itself
	 * @param incarnation what was seen of its adapter
	 * @param onEnd takes the session back; returns at once
	 */
	Lease(@Nullable String identifier, Incarnation incarnation, Consumer<End> onEnd) {
		this.identifier = identifier;
		this.incarnation = incarnation;
		this.onEnd = onEnd;
	}

	/** Something leaves for the session, so that there is one from now on. */
	void reach() {
		this.reached = true;
	}

	/** The execution leaves for the session. */
	void sent() {
		if (!this.sent) {
			this.sentTo = this.incarnation.seen();
			this.sent = true;
		}
		this.reached = true;
	}

	Incarnation incarnation() {
		return this.incarnation;
	}

	/**
	 * Which life of the adapter was the last to be seen in the session when the execution
	 * left for it first: one that is asked for it again must be the same, or know it.
	 */
	@Nullable String sentTo() {
		return this.sentTo;
	}

	/** Whether the session that may run the execution can be asked for it again. */
	boolean isFindable() {
		return this.identifier != null && this.sentTo != null;
	}

	boolean isSent() {
		return this.sent;
	}

	@Nullable String identifier() {
		return this.identifier;
	}

	/**
	 * Gives the session back. May be called more than once.
	 * @param how how the execution left it
	 */
	void end(End how) {
		if (this.ended.compareAndSet(false, true)) {
			this.onEnd.accept(this.reached ? how : End.UNSENT);
		}
		if (how != End.WELL) {
			this.left = true;
			discard();
		}
	}

	/**
	 * Keeps the answer of its execution in mind: operators drop one that arrives while
	 * they are being cancelled, and then it is discarded with the lease.
	 * @param arrived the answer
	 * @return the same
	 */
	Answer keep(Answer arrived) {
		this.answer = arrived;
		if (this.left) {
			discard();
		}
		return arrived;
	}

	/** Does nothing where it has been taken. */
	private void discard() {
		Answer kept = this.answer;
		if (kept != null) {
			kept.discard();
		}
	}

}
