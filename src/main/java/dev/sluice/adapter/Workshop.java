package dev.sluice.adapter;

import java.util.List;

import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.RuntimeSource;
import reactor.core.publisher.Mono;

/**
 * What an adapter hands executions to.
 */
public interface Workshop extends RuntimeSource {

	/**
	 * Runs an execution. Nothing happens before the subscription, and each subscription
	 * is a run of its own. A cancel ends the run, or at least lets go of all it held
	 * here.
	 * @param execution what to run
	 * @param ended run, on any thread and maybe more than once, when it is certain that
	 * nothing is left of the program, or that it will never begin; after a cancel that
	 * may be later, and is never where {@link #knowsTheEnd()} is false. It must not block
	 * or throw
	 * @return the verdict in Piston's JSON, not to be changed; an
	 * {@link ExecutionFailure} where there is none
	 */
	Mono<byte[]> run(Execution execution, Runnable ended);

	/**
	 * Whether it learns of a program's end also where the run was cancelled.
	 * @return whether {@code ended} is sure to be told
	 */
	boolean knowsTheEnd();

	/**
	 * What it is, for the start-up block.
	 * @return a line on what runs the programs, and one on each thing that is not
	 * enforced
	 */
	List<String> description();

	/**
	 * Whether a stranger's programs may be let in: whether they are kept apart from this
	 * machine.
	 * @return whether it may be reached from elsewhere than loopback
	 */
	boolean isSandboxed();

}
