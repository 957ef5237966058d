package dev.sluice.execution;

/**
 * Whether the client's program may have run although no verdict came.
 */
public enum Executed {

	/** It surely did not run. */
	NO,

	/** It surely ran, or at least began to. */
	YES,

	/** Nobody can tell. */
	UNKNOWN

}
