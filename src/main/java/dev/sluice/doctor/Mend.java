package dev.sluice.doctor;

import dev.sluice.execution.FailureCode;

/**
 * The setting or the command that mends what a failure speaks of.
 */
final class Mend {

	private Mend() {
	}

	/**
	 * What mends it. Settings are named as below the pool's own entry.
	 * @param code the failure's code
	 * @return the setting or the command
	 */
	static String of(FailureCode code) {
		return switch (code) {
			case TOKEN_UNAVAILABLE ->
				"credential.kind, and credential.client-id where there are several identities; with kind cli: az login";
			case POOL_UNAUTHORIZED -> "credential.scope: https://dynamicsessions.io/.default";
			case POOL_FORBIDDEN -> "az role assignment create --role 'Azure ContainerApps Session Executor' "
					+ "--assignee <the identity> --scope <the pool's resource id>";
			case POOL_FULL -> "az containerapp sessionpool update --max-sessions <more> …, or wait for a cooldown";
			case POOL_NOT_READY, POOL_BROKE, POOL_TIMEOUT, SANDBOX_FAILED, ENGINE_UNAVAILABLE, INTERNAL ->
				"az containerapp sessionpool show …: image, target port, and the container's log";
			case POOL_UNREACHABLE -> "endpoint, and the network's rules for this machine";
			case POOL_IDENTIFIER_REQUIRED -> "identifier: auto";
			case POOL_IDENTIFIER_REFUSED -> "identifier: none";
			case POOL_REQUEST_REFUSED -> "endpoint: the pool's own management endpoint; api-version: another, or empty";
			case POOL_PATH_NOT_FOUND, POOL_ANSWER_INVALID, NOT_FOUND, HOST_REFUSED, ORIGIN_REFUSED ->
				"path: the one on which the container takes executions";
			case INVALID_REQUEST, BODY_TIMEOUT, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, UNSUPPORTED ->
				"the session's image: it has neither python, bash nor javascript";
			case POOL_UNAVAILABLE, OVERLOADED, DEADLINE_EXCEEDED, SESSION_BUSY, ENGINE_BUSY ->
				"lease.max-sessions, or less at once: the session is busy";
			case NO_POOL -> "sluice.pools[0].endpoint";
		};
	}

}
