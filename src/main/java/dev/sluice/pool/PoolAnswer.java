package dev.sluice.pool;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.regex.Pattern;

import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.piston.AdapterHeaders;
import dev.sluice.piston.PistonAnswer;
import dev.sluice.piston.PistonFailure;
import dev.sluice.pool.AuthorizedCalls.Sent;
import dev.sluice.pool.Call.Reply;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/**
 * An answer that is no 200: what it says of the link of the chain that broke. The
 * meanings are those of Azure Container Apps session pools, as documented and as reported
 * by users of live ones.
 *
 * @param pool the pool's name
 * @param path where the request went
 * @param status the answer's status
 * @param headers its headers
 * @param body as much of its body as was read
 * @param piston whether nothing but a Piston can have written it
 */
record PoolAnswer(String pool, String path, int status, HttpHeaders headers, String body, boolean piston) {

	/** What refuses a host stands before the adapter, and does not bear its header. */
	private static final String HOST_REFUSED = "\"code\":\"" + FailureCode.HOST_REFUSED.text() + "\"";

	/** What a bare Piston says of a client's own request, and in no other shape. */
	private static final Pattern PISTONS = Pattern.compile("\\s*\\{\\s*\"message\"\\s*:\\s*\"(?:"
			+ "(?:language|version) is required as a string|files is required as an array"
			+ "|files\\[\\d+]\\.content is required as a string|(?:[^\"\\\\]|\\\\.)+ runtime is unknown"
			+ "|files must include at least one utf8 encoded file|If specified, (?:compile|run)_\\w+ must be a number"
			+ "|(?:compile|run)_\\w+ (?:cannot exceed the configured limit of \\d+|must be non-negative)"
			+ ")\"\\s*}\\s*");

	private static final int SHOWN = 200;

	/**
	 * What a pool said.
	 * @param pool the pool
	 * @param sent its answer
	 * @param body as much of its body as was read
	 * @param identifier the session's; null where none was sent
	 * @return the answer, without token and identifier: some servers tell what they were
	 * asked, and what a pool says goes on to the client
	 */
	static PoolAnswer of(PoolProperties pool, Sent sent, byte[] body, @Nullable String identifier) {
		Reply reply = sent.reply();
		String text = without(identifier, without(sent.token().getToken(), new String(body, StandardCharsets.UTF_8)));
		return new PoolAnswer(pool.name(), reply.from().getPath(), reply.status(), reply.headers(), text,
				pool.kind() == PoolProperties.Kind.PISTON);
	}

	private static String without(@Nullable String secret, String text) {
		return (secret == null || secret.isEmpty()) ? text : text.replace(secret, "…");
	}

	/**
	 * What speaks against a client's getting it as a verdict.
	 * @return the failure; null for a verdict
	 */
	@Nullable ExecutionFailure judged() {
		if (this.status != 200) {
			return failure();
		}
		MediaType type = this.headers.getContentType();
		boolean json = type != null && MediaType.APPLICATION_JSON.isCompatibleWith(type);
		boolean trusted = json && this.headers.containsHeader(AdapterHeaders.ADAPTER);
		if (trusted || json && PistonAnswer.isVerdict(this.body.getBytes(StandardCharsets.UTF_8))) {
			return null;
		}
		return broken(FailureCode.POOL_ANSWER_INVALID,
				"answered 200 with " + (json ? "JSON that is no verdict" : "something that is not JSON"));
	}

	ExecutionFailure failure() {
		if (this.headers.containsHeader(AdapterHeaders.ADAPTER) || this.body.contains(HOST_REFUSED)) {
			return fromAdapter();
		}
		String text = this.body;
		return switch (this.status) {
			case 400 -> badRequest(text);
			case 401 -> setup(FailureCode.POOL_UNAUTHORIZED, "does not accept the token (401): check the credential's "
					+ "scope (the audience must be https://dynamicsessions.io), its tenant, and this machine's clock");
			case 403 -> setup(FailureCode.POOL_FORBIDDEN, "does not let this identity execute (403): give it the role "
					+ "'Azure ContainerApps Session Executor' on the pool; a new role takes some minutes to work");
			case 404 -> notFound(text);
			case 429 -> full();
			case 500 -> serverError(text);
			case 502, 503 -> broken(FailureCode.POOL_NOT_READY, "answered " + this.status + quote(text)
					+ ": the session's container is not ready, or broke; look at its log, and at the pool's target port");
			case 504 -> broken(FailureCode.POOL_TIMEOUT,
					"answered 504: the ingress waits about 240 s for an answer; keep executions below that");
			case 507 -> broken(FailureCode.POOL_BROKE, "answered 507: the ingress sent the request on more than once");
			default -> other(text);
		};
	}

	private ExecutionFailure fromAdapter() {
		ExecutionFailure failure = PistonFailure.read(this.status, this.body);
		if (failure == null) {
			return broken(FailureCode.POOL_ANSWER_INVALID, "has an adapter that answered " + this.status
					+ " without an error body: its image and this gateway may not be of one version");
		}
		return switch (failure.code()) {
			case ENGINE_BUSY -> retryAfter(ExecutionFailure.passing(FailureCode.SESSION_BUSY,
					named("has a session that is busy: " + failure.message())));
			case NOT_FOUND -> wrongPath();
			case HOST_REFUSED, UNSUPPORTED_MEDIA_TYPE ->
				setup(FailureCode.POOL_REQUEST_REFUSED, "has an adapter that refused the call: " + failure.message());
			default -> failure;
		};
	}

	private ExecutionFailure badRequest(String text) {
		if (AzureWords.askForIdentifier(text)) {
			return setup(FailureCode.POOL_IDENTIFIER_REQUIRED,
					"wants an identifier (400" + quote(text) + "): set the pool's identifier to auto or lease");
		}
		ExecutionFailure users = (this.piston || PISTONS.matcher(text).matches()) ? PistonFailure.read(400, text)
				: null;
		if (users != null) {
			return users;
		}
		if (text.toLowerCase(Locale.ROOT).contains("identifier")) {
			return setup(FailureCode.POOL_IDENTIFIER_REFUSED, "refused the identifier (400" + quote(text)
					+ "): a pool that allocates by itself wants the pool's identifier to be none, and then executions "
					+ "that must be found again (Idempotency-Key) can't be had of it");
		}
		return setup(FailureCode.POOL_REQUEST_REFUSED,
				"refused the form of the request (400" + quote(text) + "): check api-version and path");
	}

	/** Only what is empty, or has a Piston's shape, can be a Piston's own. */
	private ExecutionFailure serverError(String text) {
		boolean pistons = text.isBlank() || AzureWords.pistonsMessage(text) != null;
		if (pistons && !this.headers.containsHeader(AzureWords.ERROR_CODE)) {
			return broken(FailureCode.SANDBOX_FAILED, "answered 500" + quote(text)
					+ ": a Piston does so where its sandbox fails; look at the container's log");
		}
		return broken(FailureCode.POOL_BROKE,
				"failed by itself (500" + quote(text) + "), and the execution may have run");
	}

	private ExecutionFailure notFound(String text) {
		if ("Not Found".equals(AzureWords.pistonsMessage(text))) {
			return wrongPath();
		}
		return retryAfter(ExecutionFailure.passing(FailureCode.POOL_FULL, named("answered 404" + quote(text)
				+ ": it has no session free, or the endpoint's host is not that of the pool")));
	}

	private ExecutionFailure wrongPath() {
		return setup(FailureCode.POOL_PATH_NOT_FOUND,
				"let us through, and what listens behind it has no path " + this.path
						+ " (404 Not Found): token, role and identifier are sound; set the pool's path to one that its "
						+ "container serves, such as /api/v2/execute for a Piston");
	}

	private ExecutionFailure full() {
		return retryAfter(ExecutionFailure.passing(FailureCode.POOL_FULL,
				named("is full (429): raise its maximum of sessions, shorten its cooldown, or send less at once")));
	}

	private ExecutionFailure other(String text) {
		if (this.status >= 300 && this.status < 400) {
			return setup(FailureCode.POOL_REQUEST_REFUSED, "answered with a redirect (" + this.status
					+ "), which is not followed with a token: set the endpoint to the pool's own address");
		}
		if (this.status >= 400 && this.status < 500) {
			return setup(FailureCode.POOL_REQUEST_REFUSED, "refused the request (" + this.status + quote(text) + ")");
		}
		return broken(FailureCode.POOL_ANSWER_INVALID, "answered " + this.status + quote(text));
	}

	private ExecutionFailure setup(FailureCode code, String what) {
		return ExecutionFailure.refused(code, named(what));
	}

	private ExecutionFailure broken(FailureCode code, String what) {
		return ExecutionFailure.broken(code, Executed.UNKNOWN, named(what));
	}

	private String named(String what) {
		return "Pool '" + this.pool + "' " + what;
	}

	private ExecutionFailure retryAfter(ExecutionFailure failure) {
		Duration asked = RetryAfter.read(this.headers, Instant.now());
		return (asked != null) ? failure.retryAfter(asked) : failure;
	}

	private static String quote(@Nullable String text) {
		if (text == null || text.isBlank()) {
			return "";
		}
		String line = text.strip().replaceAll("\\s+", " ");
		return " '" + ((line.length() > SHOWN) ? line.substring(0, SHOWN) + "…" : line) + "'";
	}

}
