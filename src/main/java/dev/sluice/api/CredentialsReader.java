package dev.sluice.api;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.sluice.execution.Credentials;
import dev.sluice.http.FailureHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * Reads from a request's headers who asks.
 */
final class CredentialsReader {

	/** The scheme's name in whatever case, as RFC 9110 has it. */
	private static final Pattern BEARER = Pattern.compile("(?i)Bearer +(\\S+) *");

	private CredentialsReader() {
	}

	/**
	 * Reads them.
	 * @param request the request
	 * @return what it shows
	 */
	static Credentials read(ServerRequest request) {
		return new Credentials(bearer(request.headers().firstHeader(HttpHeaders.AUTHORIZATION)),
				request.headers().firstHeader(FailureHandler.API_KEY));
	}

	private static @Nullable String bearer(@Nullable String authorization) {
		if (authorization == null) {
			return null;
		}
		Matcher bearer = BEARER.matcher(authorization);
		return bearer.matches() ? bearer.group(1) : null;
	}

}
