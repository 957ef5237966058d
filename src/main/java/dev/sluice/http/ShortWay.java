package dev.sluice.http;

import java.util.List;
import java.util.function.Predicate;

import reactor.core.publisher.Mono;

import org.springframework.http.codec.HttpMessageReader;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.result.view.ViewResolver;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.server.adapter.DefaultServerWebExchange;
import org.springframework.web.server.i18n.AcceptHeaderLocaleContextResolver;
import org.springframework.web.server.i18n.LocaleContextResolver;
import org.springframework.web.server.session.DefaultWebSessionManager;
import org.springframework.web.server.session.WebSessionManager;

/**
 * Serves the requests that come by the thousand: through the same filters and to the same
 * handler of failures as the others, and past the dispatcher, which looks for who serves
 * a request, and takes notes of each step for a trace that nobody reads.
 */
public final class ShortWay implements HttpHandler {

	private final Predicate<ServerHttpRequest> mine;

	private final WebFilterChain chain;

	private final FailureHandler failures;

	private final HttpHandler longWay;

	private final ServerCodecConfigurer codecs;

	private final Written written;

	private final WebSessionManager sessions = new DefaultWebSessionManager();

	private final LocaleContextResolver locales = new AcceptHeaderLocaleContextResolver();

	/**
	 * Makes the way.
	 * @param mine which requests take it
	 * @param handler serves them
	 * @param filters what they pass before, in order
	 * @param failures serves what they fail with
	 * @param codecs the server's codecs
	 * @param longWay serves the others
	 */
	public ShortWay(Predicate<ServerHttpRequest> mine, HandlerFunction<ServerResponse> handler, List<WebFilter> filters,
			FailureHandler failures, ServerCodecConfigurer codecs, HttpHandler longWay) {
		this.mine = mine;
		this.failures = failures;
		this.longWay = longWay;
		this.codecs = codecs;
		this.written = new Written(codecs.getWriters());
		List<HttpMessageReader<?>> readers = codecs.getReaders();
		WebFilterChain end = (exchange) -> handler.handle(ServerRequest.create(exchange, readers))
			.flatMap((response) -> response.writeTo(exchange, this.written));
		this.chain = filters.reversed()
			.stream()
			.reduce(end, (next, filter) -> (exchange) -> filter.filter(exchange, next), (one, other) -> other);
	}

	@Override
	public Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response) {
		return this.mine.test(request) ? serve(request, response) : this.longWay.handle(request, response);
	}

	private Mono<Void> serve(ServerHttpRequest request, ServerHttpResponse response) {
		ServerWebExchange exchange = new DefaultServerWebExchange(request, response, this.sessions, this.codecs,
				this.locales);
		return Mono.defer(() -> this.chain.filter(exchange))
			.onErrorResume((error) -> this.failures.handle(exchange, error))
			.then(Mono.defer(response::setComplete));
	}

	/** What a response may ask for as it is written. */
	private record Written(List<HttpMessageWriter<?>> messageWriters) implements ServerResponse.Context {

		@Override
		public List<ViewResolver> viewResolvers() {
			return List.of();
		}

	}

}
