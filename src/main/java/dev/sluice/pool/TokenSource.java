package dev.sluice.pool;

import java.time.OffsetDateTime;

import com.azure.core.credential.AccessToken;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Where a pool's tokens come from.
 */
interface TokenSource {

	/** For what wants no token. */
	TokenSource NONE = new TokenSource() {

		private final Mono<AccessToken> none = Mono.just(new AccessToken("", OffsetDateTime.MAX));

		@Override
		public Mono<AccessToken> get() {
			return this.none;
		}

		@Override
		public Mono<AccessToken> come() {
			return this.none;
		}

		@Override
		public void reject(AccessToken token) {
			// There is no other.
		}

		@Override
		public boolean isReady() {
			return true;
		}

		@Override
		public @Nullable TokenTimes times() {
			return null;
		}

	};

	/**
	 * A token that is good now. Its text is empty where none is wanted.
	 * @return the token; an {@link ExecutionFailure} with
	 * {@link FailureCode#TOKEN_UNAVAILABLE} where none can be had in time
	 */
	Mono<AccessToken> get();

	/**
	 * The same for who waits as long as the issuer may take.
	 * @return the token, or the error
	 */
	Mono<AccessToken> come();

	/**
	 * Drops a token that was refused, where it is still the one in use.
	 * @param token the token that was sent
	 */
	void reject(AccessToken token);

	/**
	 * Whether there has ever been a token.
	 * @return whether the first one has come
	 */
	boolean isReady();

	/**
	 * How old the token is that is held.
	 * @return its times; null where there is none
	 */
	@Nullable TokenTimes times();

}
