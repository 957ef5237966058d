package dev.sluice.doctor;

import dev.sluice.execution.FailureCode;
import dev.sluice.pool.Setup;
import dev.sluice.pool.Sighting;

/**
 * The setting or the command that mends what was seen. Settings are named as below the
 * pool's own entry.
 */
final class Mend {

	private static final String NETWORK = "endpoint, and the network's rules for this machine";

	private static final String ENDPOINT = "endpoint: the pool's own management endpoint";

	private static final String PATH = "path: the one on which the container takes executions";

	private Mend() {
	}

	/**
	 * What mends it.
	 * @param seen what was seen, a failure
	 * @param setup how the pool is configured
	 * @return the setting or the command
	 */
	static String of(Sighting seen, Setup setup) {
		FailureCode code = (seen.failure() != null) ? seen.failure().code() : FailureCode.POOL_ANSWER_INVALID;
		return switch (code) {
			case TOKEN_UNAVAILABLE -> setup.tokenGiven() ? "credential.token-file: a file that this process can read"
					: "credential.kind, and credential.client-id where there are several identities; with kind cli: az login";
			case POOL_UNAUTHORIZED -> setup.tokenGiven() ? "credential.token or credential.token-file: a valid token"
					: "credential.scope: https://dynamicsessions.io/.default";
			case POOL_FORBIDDEN -> "az role assignment create --role 'Azure ContainerApps Session Executor' "
					+ "--assignee <the identity> --scope <the pool's resource id>";
			case POOL_FULL -> full(seen.status());
			case POOL_NOT_READY, POOL_BROKE, POOL_TIMEOUT, SANDBOX_FAILED, ENGINE_UNAVAILABLE, INTERNAL ->
				container(setup);
			case POOL_UNREACHABLE -> NETWORK;
			case POOL_IDENTIFIER_REQUIRED -> "identifier: auto";
			case POOL_IDENTIFIER_REFUSED -> "identifier: none";
			case POOL_REQUEST_REFUSED -> ENDPOINT + "; api-version: another, or empty";
			case POOL_ANSWER_INVALID -> (Evidence.stdout(seen) != null) ? container(setup) : PATH;
			case POOL_PATH_NOT_FOUND, NOT_FOUND, HOST_REFUSED, ORIGIN_REFUSED, UNAUTHENTICATED, ISSUER_UNAVAILABLE ->
				PATH;
			case INVALID_REQUEST, BODY_TIMEOUT, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, UNSUPPORTED ->
				"a language of which the doctor knows a program: python, bash, javascript, c, c++ or java";
			case POOL_UNAVAILABLE, OVERLOADED, QUOTA_EXCEEDED, DRAINING, DEADLINE_EXCEEDED, SESSION_BUSY, ENGINE_BUSY ->
				"lease.max-sessions, or less at once: the session is busy";
			case NO_POOL -> "sluice.pools[0].endpoint";
		};
	}

	/**
	 * What may mend it, where it is not sure that it was the pool that answered so.
	 * @param seen what was seen, a failure
	 * @param setup how the pool is configured
	 * @return where to look
	 */
	static String ofDoubt(Sighting seen, Setup setup) {
		FailureCode code = (seen.failure() != null) ? seen.failure().code() : FailureCode.POOL_ANSWER_INVALID;
		return switch (code) {
			case POOL_FORBIDDEN ->
				NETWORK + ", as a bad token is turned away in the same way; or the role: " + of(seen, setup);
			case POOL_IDENTIFIER_REQUIRED, POOL_IDENTIFIER_REFUSED ->
				ENDPOINT + "; and what stands before it, as an identifier makes no difference";
			case POOL_PATH_NOT_FOUND, POOL_ANSWER_INVALID -> ENDPOINT + "; " + PATH;
			case POOL_FULL, POOL_NOT_READY, POOL_BROKE, POOL_TIMEOUT, SANDBOX_FAILED ->
				ENDPOINT + "; or " + of(seen, setup);
			default -> of(seen, setup);
		};
	}

	private static String container(Setup setup) {
		return setup.wantsToken() ? "az containerapp sessionpool show …: image, target port, and the container's log"
				: "the Piston's log";
	}

	private static String full(int status) {
		String room = "az containerapp sessionpool update --max-sessions <more> …, or wait for a cooldown";
		return switch (status) {
			case 0 -> "max-connections, or less at once";
			case 404 -> ENDPOINT + "; or " + room;
			default -> room;
		};
	}

}
