package dev.sluice.http;

import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.sluice.execution.Answer;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Makes responses in Piston's shape.
 */
public final class Replies {

	/** To the letter: some clients compare texts. */
	static final String JSON = "application/json; charset=utf-8";

	/** To proxies, such as nginx, that else wait until there is more to pass on. */
	private static final String UNBUFFERED = "X-Accel-Buffering";

	private static final String HTML = "text/html; charset=utf-8";

	private static final Pattern CHARSET = Pattern.compile(";\\s*charset=\"?([^;\"\\s]*)");

	private static final Set<HttpMethod> WITHOUT_BODY = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

	private Replies() {
	}

	/**
	 * A 200 with JSON.
	 * @param json the JSON in UTF-8
	 * @return the response
	 */
	public static Mono<ServerResponse> json(byte[] json) {
		return ServerResponse.ok().header(HttpHeaders.CONTENT_TYPE, JSON).bodyValue(json);
	}

	/**
	 * A 200 with an execution's answer, which is streamed. Where the body fails before
	 * its first byte came the failure becomes the response; later it breaks the
	 * connection.
	 * @param answer the answer, which the response takes over
	 * @return the response
	 */
	public static Mono<ServerResponse> answer(Answer answer) {
		return Mono.just(new Answered(answer));
	}

	/** With its length it leaves in one piece. */
	static Mono<Void> write(Answer answer, ServerHttpResponse response) {
		Mono<DataBuffer> whole = answer.whole();
		if (whole == null) {
			return write(answer, answer.body(), response::writeWith);
		}
		return response
			.writeWith(whole.doOnNext((all) -> response.getHeaders().setContentLength(all.readableByteCount())))
			.doFinally((signal) -> answer.done());
	}

	/**
	 * A 200 with a program's events, each of which leaves at once.
	 * @param answer the answer, which the response takes over
	 * @param type the events' content type
	 * @param framing brings them into its form
	 * @return the response
	 */
	public static Mono<ServerResponse> events(Answer answer, MediaType type, UnaryOperator<Flux<DataBuffer>> framing) {
		return ServerResponse.ok()
			.contentType(type)
			.header(UNBUFFERED, "no")
			.build((exchange, context) -> write(answer, framing.apply(answer.body()),
					(body) -> Unwritten.write(body, exchange.getResponse())));
	}

	/**
	 * Has a connection end behind the response, as HTTP/1.1 says it.
	 * @param request the request
	 */
	public static void last(ServerRequest request) {
		request.exchange().getResponse().getHeaders().set(HttpHeaders.CONNECTION, "close");
	}

	/**
	 * A write that fails does not cancel what it was to write, so each end of it does.
	 */
	private static Mono<Void> write(Answer answer, Flux<DataBuffer> bytes,
			Function<Flux<DataBuffer>, Mono<Void>> response) {
		Leash body = new Leash(bytes);
		return response.apply(body).doFinally((signal) -> {
			body.cancel();
			answer.done();
		});
	}

	/**
	 * A 200 that lists the methods of a route, as Piston's server does.
	 * @param methods the methods, with commas between them
	 * @return the response
	 */
	public static Mono<ServerResponse> options(String methods) {
		return ServerResponse.ok()
			.header(HttpHeaders.ALLOW, methods)
			.header(HttpHeaders.CONTENT_TYPE, HTML)
			.bodyValue(methods);
	}

	/**
	 * Piston's 404, for what has no route.
	 * @param request the request
	 * @return an error
	 */
	public static Mono<ServerResponse> notFound(ServerRequest request) {
		return Mono.error(ExecutionFailure.refused(FailureCode.NOT_FOUND, "Not Found"));
	}

	/**
	 * Whether a request has a body that matters, by its method.
	 * @param request the request
	 * @return whether to read it
	 */
	public static boolean mayHaveBody(ServerRequest request) {
		return !WITHOUT_BODY.contains(request.method());
	}

	/**
	 * Lets a request pass that has no body by its method, or JSON by its content type.
	 * The test is Piston's: what begins with {@code application/json} passes.
	 * @param request the request
	 * @return the request
	 * @throws ExecutionFailure with {@link FailureCode#UNSUPPORTED_MEDIA_TYPE}
	 */
	public static ServerRequest requireJson(ServerRequest request) {
		if (mayHaveBody(request) && !contentType(request).startsWith("application/json")) {
			throw ExecutionFailure.refused(FailureCode.UNSUPPORTED_MEDIA_TYPE,
					"requests must be of type application/json");
		}
		return request;
	}

	/**
	 * Whether a request's body is to be read. One that only begins like JSON's type is
	 * let in by Piston, and then taken for empty.
	 * @param request the request
	 * @return whether its content type is JSON's
	 * @throws ExecutionFailure with {@link FailureCode#INVALID_REQUEST} where it is JSON
	 * in another charset than UTF-8
	 */
	public static boolean isJson(ServerRequest request) {
		String type = contentType(request);
		if (type.equals(MediaType.APPLICATION_JSON_VALUE)) {
			return true;
		}
		Matcher charset = CHARSET.matcher(type);
		if (charset.find() && !charset.group(1).equals("utf-8")) {
			throw ExecutionFailure.refused(FailureCode.INVALID_REQUEST,
					"The request body must be in UTF-8, and its content type names another charset");
		}
		int parameters = type.indexOf(';');
		return ((parameters >= 0) ? type.substring(0, parameters) : type).strip().equals("application/json");
	}

	private static String contentType(ServerRequest request) {
		String type = request.headers().firstHeader(HttpHeaders.CONTENT_TYPE);
		return (type != null) ? type.toLowerCase(Locale.ROOT) : "";
	}

}
