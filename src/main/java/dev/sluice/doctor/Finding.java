package dev.sluice.doctor;

/**
 * What the doctor says of one link of the chain.
 *
 * @param link the link's name
 * @param state whether it holds
 * @param seen what was seen of it, and what mends it where it does not hold
 */
public record Finding(String link, State state, String seen) {

	/** Whether a link holds. */
	public enum State {

		/** It holds. */
		SOUND("✓"),

		/** It is where the chain broke. */
		BROKEN("✗"),

		/** Nothing that was seen tells. */
		UNKNOWN("?");

		private final String sign;

		State(String sign) {
			this.sign = sign;
		}

	}

	/**
	 * The finding as a line of a report.
	 * @return sign, link and what was seen
	 */
	public String line() {
		return "  %s %-11s %s".formatted(this.state.sign, this.link, this.seen);
	}

}
