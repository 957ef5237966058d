package dev.sluice.doctor;

import java.util.Locale;

import dev.sluice.execution.FailureCode;

/**
 * The links of a pool's chain, in the order in which an execution meets them.
 */
enum Link {

	NAME, CONNECTS, TLS, TOKEN, AUTHORISED, SESSIONS, IDENTIFIER, API_VERSION, PATH, ENGINE, STDOUT;

	String text() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * The link that a failure speaks of.
	 * @param code the failure's code
	 * @return the link at which the chain broke
	 */
	static Link of(FailureCode code) {
		return switch (code) {
			case TOKEN_UNAVAILABLE -> TOKEN;
			case POOL_UNREACHABLE -> CONNECTS;
			case POOL_UNAUTHORIZED, POOL_FORBIDDEN -> AUTHORISED;
			case POOL_FULL, POOL_NOT_READY, POOL_TIMEOUT, POOL_BROKE, POOL_UNAVAILABLE, OVERLOADED, DRAINING,
					QUOTA_EXCEEDED, DEADLINE_EXCEEDED, NO_POOL ->
				SESSIONS;
			case POOL_IDENTIFIER_REQUIRED, POOL_IDENTIFIER_REFUSED -> IDENTIFIER;
			case POOL_REQUEST_REFUSED -> API_VERSION;
			case POOL_PATH_NOT_FOUND, POOL_ANSWER_INVALID, BODY_TIMEOUT, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE,
					NOT_FOUND, HOST_REFUSED, ORIGIN_REFUSED, UNAUTHENTICATED, ISSUER_UNAVAILABLE ->
				PATH;
			case INVALID_REQUEST, ENGINE_BUSY, SESSION_BUSY, ENGINE_UNAVAILABLE, SANDBOX_FAILED, UNSUPPORTED,
					INTERNAL ->
				ENGINE;
		};
	}

}
