package dev.sluice.pool;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Execution;
import reactor.core.publisher.Mono;

/**
 * An execution's place in a pool. It may be sent more than once, to the same session.
 *
 * @param pool the pool
 * @param lease the hold on the session; a new one where the pool had to be asked in
 * another form
 */
record Ticket(SessionPool pool, Lease lease) {

	/**
	 * Sends the execution.
	 * @param execution the execution
	 * @param repeat whether its session may have it already
	 * @return the answer, which ends the lease; an
	 * {@link dev.sluice.execution.ExecutionFailure}, which leaves that to the receiver
	 */
	Mono<Answer> send(Execution execution, boolean repeat) {
		return this.pool.send(execution, this.lease, repeat);
	}

}
