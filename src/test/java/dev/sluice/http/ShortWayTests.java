package dev.sluice.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpStatus;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

class ShortWayTests {

	private static final Duration WITHIN = Duration.ofSeconds(5);

	private final List<String> passed = new ArrayList<>();

	@Test
	void itPassesTheFiltersInTheirOrder() {
		MockServerHttpResponse response = handle("/mine", (request) -> ServerResponse.ok().bodyValue("done"),
				filter("one"), filter("two"));
		assertThat(this.passed).containsExactly("one", "two");
		assertThat(response.getBodyAsString().block(WITHIN)).isEqualTo("done");
	}

	@Test
	void aFilterMayAnswerByItself() {
		MockServerHttpResponse response = handle("/mine", (request) -> Mono.error(new AssertionError()),
				(exchange, chain) -> {
					exchange.getResponse().setStatusCode(HttpStatus.NO_CONTENT);
					return Mono.empty();
				});
		assertThat(response.getStatusCode()).isEqualTo(HttpStatus.NO_CONTENT);
		assertThat(response.isCommitted()).isTrue();
	}

	@Test
	void aFailureIsToldAsOnTheLongWay() {
		HandlerFunction<ServerResponse> failing = (request) -> {
			throw ExecutionFailure.passing(FailureCode.OVERLOADED, "Come again").retryAfter(Duration.ofSeconds(3));
		};
		MockServerHttpResponse response = handle("/mine", failing);
		assertThat(response.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
		assertThat(response.getHeaders().getFirst("Retry-After")).isEqualTo("3");
		assertThat(response.getBodyAsString().block(WITHIN)).contains("Come again");
	}

	@Test
	void othersGoTheLongWay() {
		MockServerHttpResponse response = handle("/other", (request) -> ServerResponse.ok().build(), filter("one"));
		assertThat(this.passed).isEmpty();
		assertThat(response.getStatusCode()).isEqualTo(HttpStatus.ACCEPTED);
	}

	private MockServerHttpResponse handle(String path, HandlerFunction<ServerResponse> handler, WebFilter... filters) {
		HttpHandler longWay = (request, response) -> {
			response.setStatusCode(HttpStatus.ACCEPTED);
			return response.setComplete();
		};
		ShortWay way = new ShortWay((request) -> request.getPath().value().equals("/mine"), handler, List.of(filters),
				new FailureHandler(), ServerCodecConfigurer.create(), longWay);
		MockServerHttpResponse response = new MockServerHttpResponse();
		way.handle(MockServerHttpRequest.post(path).build(), response).block(WITHIN);
		return response;
	}

	private WebFilter filter(String name) {
		return (exchange, chain) -> {
			this.passed.add(name);
			return chain.filter(exchange);
		};
	}

}
