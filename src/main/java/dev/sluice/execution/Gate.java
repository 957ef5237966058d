package dev.sluice.execution;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Decides on a request's headers, before its body is read, who asks and whether he may.
 */
public interface Gate {

	/**
	 * Who asks. Nothing is counted yet.
	 * @param credentials what the request shows
	 * @return the client; an {@link ExecutionFailure} with
	 * {@link FailureCode#UNAUTHENTICATED} where the credentials are missing or wrong, or
	 * {@link FailureCode#ISSUER_UNAVAILABLE} where nobody can tell
	 */
	Mono<Client> identify(Credentials credentials);

	/**
	 * Lets one execution of a client in. Never blocks.
	 * @param client who asks
	 * @return what it has of the client's quota, to be given back
	 * @throws ExecutionFailure with {@link FailureCode#QUOTA_EXCEEDED} where the client
	 * has too much already
	 */
	Pass admit(Client client);

	/**
	 * What a client has left, where it was just refused. Nothing is counted.
	 * @param client who asks
	 * @return its quota; null where it has no bound
	 */
	@Nullable Quota quota(Client client);

}
