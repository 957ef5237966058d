package dev.sluice.api;

import java.util.Locale;
import java.util.Set;

import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.reactive.function.server.RequestPredicate;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * Piston's paths as its server reads them: in whatever case, with a slash behind or not,
 * and also under the prefix of its public site, which many clients have built in.
 */
final class PistonPath {

	private static final String API = "/api/v2";

	private static final String PUBLIC_SITE = API + "/piston/";

	private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);

	private PistonPath() {
	}

	/**
	 * Matches requests that have no effect.
	 * @param path the path
	 * @return matches GET and HEAD
	 */
	static RequestPredicate read(String path) {
		return (request) -> READING.contains(request.method()) && is(request, path);
	}

	/**
	 * Matches requests of a method.
	 * @param method the method
	 * @param path the path
	 * @return matches them
	 */
	static RequestPredicate with(HttpMethod method, String path) {
		return (request) -> request.method().equals(method) && is(request, path);
	}

	/**
	 * Whether a request is one of a method. It is asked for each one that comes.
	 * @param request the request
	 * @param method the method
	 * @param path the path
	 * @return whether it is
	 */
	static boolean is(ServerHttpRequest request, HttpMethod method, String path) {
		return request.getMethod().equals(method)
				&& path(request.getPath().pathWithinApplication().value()).equals(path);
	}

	/** Matches whatever is asked of the API, also what it does not have. */
	static boolean isInApi(ServerRequest request) {
		String path = path(request);
		return path.equals(API) || path.startsWith(API + "/");
	}

	private static boolean is(ServerRequest request, String wanted) {
		return path(request).equals(wanted);
	}

	private static String path(ServerRequest request) {
		return path(request.path());
	}

	private static String path(String asked) {
		String path = asked.toLowerCase(Locale.ROOT);
		if (path.length() > 1 && path.endsWith("/")) {
			path = path.substring(0, path.length() - 1);
		}
		return path.startsWith(PUBLIC_SITE) ? API + path.substring(PUBLIC_SITE.length() - 1) : path;
	}

}
