package dev.sluice.emulator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import dev.sluice.http.Leftover;
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

	/** On an execution: the fault that is to befall it. */
	private static final String FAULT = "X-Emulator-Fault";

	private static final int PAGE = 100;

	private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z0-9_-]+");

	private final EmulatorProperties properties;

	private final Sessions sessions;

	private final Ingress ingress;

	private final FaultPlan faults;

	private final Stats stats;

	private final AcceptedToken token;

	SessionPoolApi(EmulatorProperties properties, Sessions sessions, Ingress ingress, FaultPlan faults, Stats stats,
			AcceptedToken token) {
		this.properties = properties;
		this.sessions = sessions;
		this.ingress = ingress;
		this.faults = faults;
		this.stats = stats;
		this.token = token;
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
				.onErrorResume(AzureError.class,
						(error) -> Leftover.read(request.exchange()).then(Mono.defer(error::response))))
			.build();
	}

	private Mono<ServerResponse> forward(ServerRequest request) {
		String identifier = request.queryParam("identifier").orElse("");
		if (!identifier.isEmpty()) {
			checkIdentifier(identifier);
			return this.ingress.response(identifier, mishap(request));
		}
		boolean refused = switch (this.properties.identifiers()) {
			case REQUIRED -> true;
			case REQUIRED_WITH_API_VERSION -> hasApiVersion(request);
			case OPTIONAL -> false;
		};
		if (refused) {
			throw AzureError.missingIdentifier();
		}
		return this.ingress.response(null, mishap(request));
	}

	/** Faults befall executions only, so that a script knows whom it meets. */
	private Mishap mishap(ServerRequest request) {
		if (!Forwarder.isExecution(request.exchange().getRequest())) {
			return Mishap.NONE;
		}
		this.stats.received();
		return this.faults.next(request.headers().firstHeader(FAULT));
	}

	private Mono<ServerResponse> stopSession(ServerRequest request) {
		String identifier = managed(request);
		if (!this.sessions.stop(identifier)) {
			throw unknownSession();
		}
		this.stats.stopped();
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
		if (!this.token.isIn(request.headers().firstHeader(HttpHeaders.AUTHORIZATION))) {
			throw new AzureError(401, "Unauthorized",
					"The bearer token is missing, has expired, or is for another audience");
		}
		return request;
	}

	private static String managed(ServerRequest request) {
		requireApiVersion(request);
		String identifier = request.queryParam("identifier").orElse("");
		if (identifier.isEmpty()) {
			throw AzureError.missingIdentifier();
		}
		return identifier;
	}

	private static void requireApiVersion(ServerRequest request) {
		if (!hasApiVersion(request)) {
			throw new AzureError(400, "MissingApiVersionParameter", "The api-version query parameter is required");
		}
	}

	private static boolean hasApiVersion(ServerRequest request) {
		return request.queryParam("api-version").filter((version) -> !version.isEmpty()).isPresent();
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

	private static AzureError unknownSession() {
		return new AzureError(400, "SessionWithIdentifierNotFound", "There is no session with this identifier");
	}

}
