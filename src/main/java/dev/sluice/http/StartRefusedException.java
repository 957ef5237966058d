package dev.sluice.http;

/**
 * Says why a process does not start, and what to set so that it does.
 */
public final class StartRefusedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String action;

	/**
	 * Makes the exception.
	 * @param description what is wrong
	 * @param action what to do about it
	 */
	public StartRefusedException(String description, String action) {
		super(description);
		this.action = action;
	}

	/**
	 * What to do about it.
	 * @return a sentence
	 */
	public String action() {
		return this.action;
	}

}
