package dev.sluice.pool;

import com.azure.core.credential.AccessToken;
import org.jspecify.annotations.Nullable;

/**
 * Names the sessions of a pool.
 */
interface Identifiers {

	/**
	 * The identifier for one more execution.
	 * @return the identifier; null where none is to be sent
	 */
	@Nullable String next();

	/**
	 * Says that an execution has ended in whatever way. Returns at once; may be called
	 * more than once.
	 * @param identifier what {@link #next()} gave
	 * @param token a token that is good now
	 */
	void letGo(@Nullable String identifier, AccessToken token);

	/**
	 * Names nothing, for pools that allocate by themselves.
	 * @return the identifiers
	 */
	static Identifiers none() {
		return new Identifiers() {

			@Override
			public @Nullable String next() {
				return null;
			}

			@Override
			public void letGo(@Nullable String identifier, AccessToken token) {
				// There is no session that we could name.
			}

		};
	}

}
