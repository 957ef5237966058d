package dev.sluice.emulator;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * The pool's HTTP API as Azure documents it for custom containers, and as users of live
 * pools report it: everything but {@code /.management} goes to a session.
 */
final class SessionPoolApi {

	private static final int PAGE = 100;

	private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z0-9_-]+");

	private final EmulatorProperties properties;

	private final Sessions sessions;

	private final Forwarder forwarder;

	private final byte[] token;

	SessionPoolApi(EmulatorProperties properties, Sessions sessions, Forwarder forwarder, String token) {
		this.properties = properties;
		this.sessions = sessions;
		this.forwarder = forwarder;
		this.token = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
	}

	RouterFunction<ServerResponse> routes() {
		return RouterFunctions.route()
			.POST("/.management/stopSession", this::stopSession)
			.POST("/.management/getSession", this::getSession)
			.POST("/.management/listSessions", this::listSessions)
			.path("/.management", (routes) -> routes.route(RequestPredicates.all(), (request) -> {
				throw new AzureError(404, "NotFound", "There is no such management operation");
			}))
			.route(RequestPredicates.all(), this::forward)
			.filter((request, next) -> Mono.defer(() -> next.handle(authorised(request)))
				.onErrorResume(AzureError.class, AzureError::response))
			.build();
	}

	private Mono<ServerResponse> forward(ServerRequest request) {
		String identifier = request.queryParam("identifier").orElse("");
		if (!identifier.isEmpty()) {
			checkIdentifier(identifier);
			return this.forwarder.response(this.sessions, identifier);
		}
		if (this.properties.identifiers() == EmulatorProperties.IdentifierRule.REQUIRED) {
			throw missingIdentifier();
		}
		return this.forwarder.response(this.sessions, null);
	}

	private Mono<ServerResponse> stopSession(ServerRequest request) {
		String identifier = managed(request);
		if (!this.sessions.stop(identifier)) {
			throw unknownSession();
		}
		return ServerResponse.ok().contentType(MediaType.TEXT_PLAIN).bodyValue("Session stopped");
	}

	private Mono<ServerResponse> getSession(ServerRequest request) {
		Session session = this.sessions.find(managed(request)).orElseThrow(SessionPoolApi::unknownSession);
		return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(description(session));
	}

	private Mono<ServerResponse> listSessions(ServerRequest request) {
		requireApiVersion(request);
		int skip = request.queryParam("skip").map(SessionPoolApi::number).orElse(0);
		List<Session> all = this.sessions.list();
		List<Map<String, Object>> page = all.stream().skip(skip).limit(PAGE).map(this::description).toList();
		Map<String, Object> body = new LinkedHashMap<>();
		body.put("value", page);
		body.put("count", page.size());
		body.put("nextLink", (skip + PAGE < all.size()) ? nextLink(request, skip + PAGE) : null);
		return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(body);
	}

	private static String nextLink(ServerRequest request, int skip) {
		return request.uriBuilder().replaceQueryParam("skip", skip).build().toString();
	}

	private Map<String, Object> description(Session session) {
		Map<String, Object> description = new LinkedHashMap<>();
		description.put("identifier", session.identifier());
		description.put("etag", session.guid());
		description.put("expiresAt", session.lastAccessedAt().plus(this.properties.cooldown()).toString());
		description.put("createdAt", session.createdAt().toString());
		description.put("lastAccessedAt", session.lastAccessedAt().toString());
		return description;
	}

	private ServerRequest authorised(ServerRequest request) {
		String given = request.headers().firstHeader(HttpHeaders.AUTHORIZATION);
		if (given == null || !MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), this.token)) {
			throw new AzureError(401, "Unauthorized",
					"The bearer token is missing, has expired, or is for another audience");
		}
		return request;
	}

	private static String managed(ServerRequest request) {
		requireApiVersion(request);
		String identifier = request.queryParam("identifier").orElse("");
		if (identifier.isEmpty()) {
			throw missingIdentifier();
		}
		return identifier;
	}

	private static void requireApiVersion(ServerRequest request) {
		if (request.queryParam("api-version").filter((version) -> !version.isEmpty()).isEmpty()) {
			throw new AzureError(400, "MissingApiVersionParameter", "The api-version query parameter is required");
		}
	}

	private static void checkIdentifier(String identifier) {
		if (identifier.length() < 4 || identifier.length() > 128) {
			throw new AzureError(400, "InvalidLengthOfSessionIdentifier",
					"The length of the session identifier must be between 4 and 128 characters");
		}
		if (!IDENTIFIER.matcher(identifier).matches()) {
			throw new AzureError(400, "SessionRequestValidationFailed",
					"The session identifier has characters that are not allowed");
		}
	}

	private static int number(String text) {
		if (!text.matches("\\d{1,9}")) {
			throw new AzureError(400, "SessionRequestValidationFailed", "The parameter skip is not a number");
		}
		return Integer.parseInt(text);
	}

	private static AzureError missingIdentifier() {
		return new AzureError(400, "SessionRequestValidationFailed", "Missing required parameter 'identifier'");
	}

	private static AzureError unknownSession() {
		return new AzureError(400, "SessionWithIdentifierNotFound", "There is no session with this identifier");
	}

}
