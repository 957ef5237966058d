package dev.sluice.engine;

/**
 * Says why programs can't be run on this machine, and what to change.
 */
public final class EngineUnavailableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	EngineUnavailableException(String message) {
		super(message);
	}

}
