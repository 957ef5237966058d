package dev.sluice.doctor;

import org.jspecify.annotations.Nullable;

/**
 * What the doctor says of one link of the chain.
 *
 * @param link the link's name
 * @param state whether it holds
 * @param seen what was seen of it, and the likely cause where it does not hold
 * @param mend the setting or the command that mends it; null where nothing is to mend
 */
public record Finding(String link, State state, String seen, @Nullable String mend) {

	/** Whether a link holds. */
	public enum State {

		/** It holds. */
		SOUND("✓"),

		/** It is where the chain broke. */
		BROKEN("✗"),

		/** Nothing that was seen tells. */
		UNKNOWN("?"),

		/** There is no such link in this chain. */
		ABSENT("–");

		private final String sign;

		State(String sign) {
			this.sign = sign;
		}

	}

	static Finding sound(Link link, String seen) {
		return new Finding(link.text(), State.SOUND, seen, null);
	}

	static Finding broken(Link link, String seen, String mend) {
		return new Finding(link.text(), State.BROKEN, seen, mend);
	}

	static Finding unknown(Link link, String seen, @Nullable String mend) {
		return new Finding(link.text(), State.UNKNOWN, seen, mend);
	}

	static Finding absent(Link link, String seen) {
		return new Finding(link.text(), State.ABSENT, seen, null);
	}

	/**
	 * Whether nothing speaks against the chain here.
	 * @return whether the link holds, or there is none
	 */
	public boolean isWell() {
		return this.state == State.SOUND || this.state == State.ABSENT;
	}

	/**
	 * The finding as a line of a report, and a second one where there is something to
	 * mend.
	 * @return sign, link and what was seen
	 */
	public String line() {
		String line = "  %s %-11s %s".formatted(this.state.sign, this.link, this.seen);
		return (this.mend != null) ? line + System.lineSeparator() + " ".repeat(16) + "→ " + this.mend : line;
	}

}
