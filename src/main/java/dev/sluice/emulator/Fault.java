package dev.sluice.emulator;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A way in which a pool, its ingress or a session's container fails an execution. The
 * answers are those that are documented of Azure's pools, or that users of live ones
 * report.
 */
enum Fault {

	/** All goes well. */
	NONE,

	/** 401, of a token that has expired or is for another audience. */
	UNAUTHORIZED,

	/** 403 with an empty body, of an identity without the role. */
	FORBIDDEN,

	/** 400, asking for an identifier. */
	IDENTIFIER_MISSING,

	/** 400, of a form that the pool does not take. */
	REQUEST_REFUSED,

	/** 404 as a container writes it that has no such path. */
	NOT_FOUND,

	/** 429, of a full pool. */
	FULL,

	/** 404, of a full pool by older documentation. */
	FULL_404,

	/** 307 to another address. */
	REDIRECT,

	/** 503, of a container that is not ready: nothing was delivered. */
	NOT_READY,

	/** The connection is reset, and nothing was delivered. */
	RESET_BEFORE_DELIVERY,

	/** 502, of a container that broke after it had got the execution. */
	BAD_GATEWAY,

	/** 500 with an empty body, as of a Piston whose sandbox failed. */
	SERVER_ERROR,

	/** 504, some time after the execution was delivered. */
	GATEWAY_TIMEOUT,

	/** The execution is delivered twice, and the second one's answer comes. */
	DELIVERED_TWICE,

	/** 507, of an execution that was delivered twice. */
	INSUFFICIENT_STORAGE,

	/** The connection is reset once the container has answered. */
	RESET_AFTER_DELIVERY,

	/** The connection is reset when the answer's head has been sent. */
	RESET_AFTER_HEADERS,

	/** The connection ends in the middle of the answer's body. */
	HALF_BODY,

	/** No answer ever comes, though the container has given one. */
	HANG,

	/** The answer's first byte comes some time after the container has sent it. */
	SLOW,

	/** 200 with a page for people instead of the container's answer. */
	HTML,

	/** 200 with something that calls itself JSON and is none. */
	NOT_JSON;

	/**
	 * The fault that goes by a name.
	 * @param name the name in lower case, with hyphens
	 * @return the fault
	 * @throws AzureError where there is none
	 */
	static Fault named(String name) {
		Optional<Fault> fault = Arrays.stream(values()).filter((one) -> one.text().equals(name)).findFirst();
		return fault.orElseThrow(() -> new AzureError(400, "UnknownFault", "There is no fault '" + name
				+ "'. There are: " + Arrays.stream(values()).map(Fault::text).collect(Collectors.joining(", "))));
	}

	/**
	 * The name that it goes by.
	 * @return the name in lower case, with hyphens
	 */
	String text() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
