package dev.sluice.execution;

/**
 * How a stage ended other than well, in Piston's two letters. Piston's XX, the sandbox's
 * own failure, is none of them: it is an {@link ExecutionFailure}.
 */
public enum Status {

	/** The program ended with an exit code other than 0. */
	RE,

	/** A signal ended the program. */
	SG,

	/** The program used up its wall-clock or processor time. */
	TO,

	/** The program wrote more to standard output than it may. */
	OL,

	/** The program wrote more to standard error than it may. */
	EL

}
