package dev.sluice.pool;

import com.azure.core.credential.AccessToken;

/**
 * Names the sessions of a pool.
 */
@FunctionalInterface
interface Identifiers {

	/**
	 * A session for one more execution.
	 * @param token a token that is good now
	 * @return the lease, which is to be ended
	 */
	Lease lease(AccessToken token);

	/**
	 * Names nothing, for pools that allocate by themselves.
	 * @return the identifiers
	 */
	static Identifiers none() {
		return (token) -> new Lease(null, () -> {
		});
	}

}
