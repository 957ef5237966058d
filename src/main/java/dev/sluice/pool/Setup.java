package dev.sluice.pool;

import java.util.List;

/**
 * How a pool is configured, in what the doctor wants to know of that.
 *
 * @param wantsToken whether it wants a token; a plain Piston wants neither that nor an
 * identifier or an api-version
 * @param scope what its tokens are for
 * @param tokenGiven whether the token is given by the configuration, so that no issuer is
 * asked
 * @param namesWhenAsked whether an identifier is sent once the pool asks for one
 * @param languages the languages that it is used for; empty means all that it has
 * @param execution the form that executions have, without a body
 * @param runtimes the form of the question for its runtimes
 */
public record Setup(boolean wantsToken, String scope, boolean tokenGiven, boolean namesWhenAsked,
		List<String> languages, Probe execution, Probe runtimes) {

	public Setup {
		languages = List.copyOf(languages);
	}

}
