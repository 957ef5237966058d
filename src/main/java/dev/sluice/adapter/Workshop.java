package dev.sluice.adapter;

import java.util.List;

import dev.sluice.execution.Executor;
import dev.sluice.execution.RuntimeSource;

/**
 * What an adapter hands executions to.
 */
public interface Workshop extends Executor, RuntimeSource {

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
