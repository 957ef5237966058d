package dev.sluice.api;

import dev.sluice.execution.Executor;
import dev.sluice.execution.Gate;
import dev.sluice.execution.Observer;
import dev.sluice.execution.RuntimeSource;

/**
 * Makes Piston APIs with the settings that are in force.
 */
@FunctionalInterface
public interface PistonApiFactory {

	/**
	 * An API.
	 * @param gate decides who may come in
	 * @param executor runs what is asked for
	 * @param runtimes knows what can be asked for
	 * @param observer is told of each execution
	 * @return the API
	 */
	PistonApi create(Gate gate, Executor executor, RuntimeSource runtimes, Observer observer);

}
