package dev.sluice.execution;

import reactor.core.publisher.Mono;

/**
 * One step of the corridor that an execution walks through; each wraps the next.
 */
@FunctionalInterface
public interface Executor {

	/**
	 * Runs an execution. Nothing happens before the subscription, and each subscription
	 * is a run of its own.
	 * <p>
	 * A cancel before the answer came ends the execution and gives back all it held. Once
	 * the answer came its receiver owns it, and must either subscribe to its body or
	 * {@linkplain Answer#discard() discard} it.
	 * @param execution what to run
	 * @return the answer, once its head is known; an {@link ExecutionFailure} where there
	 * is none, and no other error
	 */
	Mono<Answer> execute(Execution execution);

}
