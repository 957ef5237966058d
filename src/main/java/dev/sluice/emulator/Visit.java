package dev.sluice.emulator;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * One request's time in a session. The session may arrive after the client has left, and
 * is then let go of at once.
 */
final class Visit {

	private final Consumer<Session> letGo;

	private @Nullable Session session;

	private boolean over;

	Visit(Consumer<Session> letGo) {
		this.letGo = letGo;
	}

	/**
	 * Takes a session whose request has begun.
	 * @param arrived the session
	 */
	void begin(Session arrived) {
		synchronized (this) {
			if (!this.over) {
				this.session = arrived;
				return;
			}
		}
		this.letGo.accept(arrived);
	}

	/** Ends the visit. */
	void end() {
		Session left;
		synchronized (this) {
			this.over = true;
			left = this.session;
			this.session = null;
		}
		if (left != null) {
			this.letGo.accept(left);
		}
	}

}
