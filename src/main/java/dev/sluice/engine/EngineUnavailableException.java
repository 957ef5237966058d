package dev.sluice.engine;

import org.jspecify.annotations.Nullable;

/**
 * Says why programs can't be run on this machine, and what to change.
 */
public final class EngineUnavailableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final @Nullable String remedy;

	EngineUnavailableException(String message) {
		this(message, null);
	}

	EngineUnavailableException(String message, @Nullable String remedy) {
		super(message);
		this.remedy = remedy;
	}

	/**
	 * What to do about it.
	 * @return a sentence; null where there is nothing but to run programs elsewhere
	 */
	public @Nullable String remedy() {
		return this.remedy;
	}

}
