package dev.sluice.execution;

import java.util.Locale;

/**
 * What can go wrong other than in the client's own program. Each is a {@code code} of the
 * error body.
 */
public enum FailureCode {

	/** The client's request is not one that can be run. */
	INVALID_REQUEST,

	/** The client's request did not come in time. */
	BODY_TIMEOUT,

	/** The client's request is larger than the limit. */
	BODY_TOO_LARGE,

	/** The client's request is not JSON by its content type. */
	UNSUPPORTED_MEDIA_TYPE,

	/** What runs the program can't do what the client asks of it. */
	UNSUPPORTED,

	/** There is no such route. */
	NOT_FOUND,

	/** The request's {@code Host} is not one that this server goes by. */
	HOST_REFUSED,

	/** The request comes from a page of an origin that may not make it. */
	ORIGIN_REFUSED,

	/** The request does not show who asks, or nobody knows who that is. */
	UNAUTHENTICATED,

	/** Who signs the clients' tokens can't be asked for his keys. */
	ISSUER_UNAVAILABLE,

	/** Its client has as much as it may have, of requests or of executions at once. */
	QUOTA_EXCEEDED,

	/** No pool is configured, and none is embedded. */
	NO_POOL,

	/** The credential gave no token for the pool. */
	TOKEN_UNAVAILABLE,

	/** The pool does not accept the token (401). */
	POOL_UNAUTHORIZED,

	/** The token's owner may not execute in the pool (403). */
	POOL_FORBIDDEN,

	/** Something in the session answered, but it has no such path (404). */
	POOL_PATH_NOT_FOUND,

	/** The pool asks for an identifier (400). */
	POOL_IDENTIFIER_REQUIRED,

	/** The pool does not take the identifier (400). */
	POOL_IDENTIFIER_REFUSED,

	/** The pool refused the request's form otherwise (4xx, a redirect). */
	POOL_REQUEST_REFUSED,

	/** The pool has no session free. */
	POOL_FULL,

	/** No connection to the pool could be opened. */
	POOL_UNREACHABLE,

	/** The session's container is not ready, or broke (502, 503). */
	POOL_NOT_READY,

	/** The pool gave no answer in time. */
	POOL_TIMEOUT,

	/** The connection to the pool broke after the request had left. */
	POOL_BROKE,

	/** The pool answered something that is no verdict. */
	POOL_ANSWER_INVALID,

	/** The pool failed too often, and is passed over for a while. */
	POOL_UNAVAILABLE,

	/** More executions wait than may, or one waited longer than it may. */
	OVERLOADED,

	/** This process is about to end. */
	DRAINING,

	/** The execution did not end within its deadline. */
	DEADLINE_EXCEEDED,

	/** The session is still taken, or its engine runs as many programs as it may. */
	SESSION_BUSY,

	/** The engine runs as many programs as it may, and its queue or wait is used up. */
	ENGINE_BUSY,

	/** The adapter can't reach the engine that it should hand executions to. */
	ENGINE_UNAVAILABLE,

	/** The sandbox itself failed, so there is no verdict. */
	SANDBOX_FAILED,

	/** A fault of Sluice. */
	INTERNAL;

	/**
	 * The code as it is written in an error body.
	 * @return the name in lower case, with hyphens
	 */
	public String text() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
