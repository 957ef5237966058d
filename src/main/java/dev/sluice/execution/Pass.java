package dev.sluice.execution;

import org.jspecify.annotations.Nullable;

/**
 * One execution's part of its client's quota, from its coming until its answer's end.
 */
public interface Pass {

	/** A part of nothing. */
	Pass FREE = new Pass() {

		@Override
		public @Nullable Quota quota() {
			return null;
		}

		@Override
		public void giveBack() {
			// There is nothing to give back.
		}

	};

	/**
	 * What the client has left.
	 * @return its quota; null where it has no bound
	 */
	@Nullable Quota quota();

	/**
	 * Ends it. May be called again.
	 */
	void giveBack();

}
