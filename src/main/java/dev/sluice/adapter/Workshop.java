package dev.sluice.adapter;

import java.util.List;

import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.RuntimeSource;
import dev.sluice.piston.AdapterHeaders;
import reactor.core.publisher.Mono;

/**
 * What an adapter hands executions to.
 */
interface Workshop extends RuntimeSource {

	/**
	 * Runs an execution. Nothing happens before the subscription, of which there is one.
	 * A cancel ends the run, or at least lets go of all it held here.
	 * @param execution what to run
	 * @param transcript takes what happens as it happens, where that is known
	 * @param ended run, on any thread and maybe more than once, when it is certain that
	 * nothing is left of the program, or that it will never begin; after a cancel that
	 * may be later, and is never where {@link #knowsTheEnd()} is false. It must not block
	 * or throw
	 * @return the transcript's ending, with a verdict; an {@link ExecutionFailure} where
	 * there is none
	 */
	Mono<Ending> run(Execution execution, Transcript transcript, Runnable ended);

	/**
	 * Makes an interactive run of an execution, on the terms of {@link #run}.
	 * @param execution what to run, whose own standard input is ignored
	 * @param transcript takes what happens as it happens
	 * @param ended as with {@link #run}
	 * @return the run, and what feeds it
	 */
	Conversation converse(Execution execution, Transcript transcript, Runnable ended);

	/**
	 * Whether it learns of a program's end also where the run was cancelled.
	 * @return whether {@code ended} is sure to be told
	 */
	boolean knowsTheEnd();

	/**
	 * What may be asked of it.
	 * @return words of {@link AdapterHeaders#CAPABILITIES}
	 */
	List<String> capabilities();

	/**
	 * What it is, for the start-up block.
	 * @return a line on what runs the programs, and one on each thing that is not
	 * enforced
	 */
	List<String> description();

	/**
	 * Whether a stranger's programs may be let in: whether they are kept apart from this
	 * machine, or it is a container that is there for nothing else.
	 * @return whether it may be reached from elsewhere than loopback
	 */
	boolean isSandboxed();

}
