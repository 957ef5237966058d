package dev.sluice.execution;

import java.util.Locale;

/**
 * How an execution ended, seen from outside.
 */
public enum Outcome {

	/** Its client was told what its program did. */
	VERDICT,

	/** It was not let in: by a fault of its client's, or because there was no room. */
	REFUSED,

	/** Something failed on the way. */
	FAILED,

	/** Its client left. */
	CANCELLED;

	/**
	 * What a failure makes of its execution.
	 * @param failure the failure
	 * @return the outcome
	 */
	public static Outcome of(ExecutionFailure failure) {
		return (failure.executed() == Executed.NO && isRefusal(failure.code())) ? REFUSED : FAILED;
	}

	/**
	 * The outcome as metrics and logs name it.
	 * @return the name in lower case
	 */
	public String text() {
		return name().toLowerCase(Locale.ROOT);
	}

	private static boolean isRefusal(FailureCode code) {
		return switch (code) {
			case INVALID_REQUEST, BODY_TIMEOUT, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, UNSUPPORTED, NOT_FOUND,
					HOST_REFUSED, ORIGIN_REFUSED, UNAUTHENTICATED, QUOTA_EXCEEDED, POOL_FULL, POOL_UNAVAILABLE,
					OVERLOADED, DRAINING, SESSION_BUSY, ENGINE_BUSY ->
				true;
			case NO_POOL, TOKEN_UNAVAILABLE, POOL_UNAUTHORIZED, POOL_FORBIDDEN, POOL_PATH_NOT_FOUND,
					POOL_IDENTIFIER_REQUIRED, POOL_IDENTIFIER_REFUSED, POOL_REQUEST_REFUSED, POOL_UNREACHABLE,
					POOL_NOT_READY, POOL_TIMEOUT, POOL_BROKE, POOL_ANSWER_INVALID, DEADLINE_EXCEEDED,
					ENGINE_UNAVAILABLE, ISSUER_UNAVAILABLE, SANDBOX_FAILED, INTERNAL ->
				false;
		};
	}

}
