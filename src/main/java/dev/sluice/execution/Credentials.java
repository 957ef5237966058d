package dev.sluice.execution;

import org.jspecify.annotations.Nullable;

/**
 * What a request shows to say who asks.
 *
 * @param bearer the token of its {@code Authorization: Bearer}; null where it has none
 * @param key its {@code X-API-Key}; null where it has none
 */
public record Credentials(@Nullable String bearer, @Nullable String key) {

	/** They are secret. */
	@Override
	public String toString() {
		return "Credentials[…]";
	}

}
