package dev.sluice.http;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

class CorsRuleTests {

	private static final String APP = "https://app.example";

	private final AtomicBoolean served = new AtomicBoolean();

	@ParameterizedTest
	@CsvSource({ "https://app.example, true", "HTTPS://APP.example, true", ", true", "https://app.example:8443, false",
			"http://app.example, false", "https://evil.example, false", "null, false" })
	void onlyTheNamedOriginsAreAllowedAndWhoNamesNone(String origin, boolean allowed) {
		assertThat(new Origins(List.of(APP)).allows(origin)).isEqualTo(allowed);
	}

	@Test
	void aStarAllowsAllAndNothingAllowsNone() {
		assertThat(new Origins(List.of("*")).allows("null")).isTrue();
		assertThat(new Origins(List.of()).allows(APP)).isFalse();
		assertThat(new Origins(List.of()).allows(null)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "app.example", "https://app.example/", "https://", "", "null", "https://a b",
			"https://user@app.example" })
	void whatIsNoOriginIsNotTakenForOne(String text) {
		assertThat(Origins.isOne(text)).isFalse();
	}

	@Test
	void itIsOffWithoutOrigins() {
		HttpHeaders headers = answer(MockServerHttpRequest.get("/").header("Origin", APP)).getHeaders();
		assertThat(headers.isEmpty()).isTrue();
		assertThat(this.served).isTrue();
	}

	@Test
	void anAllowedPageMayReadTheAnswerAndWhatItsHeadersSay() {
		HttpHeaders headers = answer(MockServerHttpRequest.post("/").header("Origin", APP), APP).getHeaders();
		assertThat(headers.getAccessControlAllowOrigin()).isEqualTo(APP);
		assertThat(headers.getAccessControlExposeHeaders()).containsExactly("Retry-After", "Server-Timing",
				"X-Execution-Id", "WWW-Authenticate", "RateLimit", "RateLimit-Policy");
		assertThat(headers.getVary()).containsExactly("Origin");
		assertThat(this.served).isTrue();
	}

	@Test
	void anotherPageMayNot() {
		HttpHeaders headers = answer(MockServerHttpRequest.post("/").header("Origin", "https://evil.example"), APP)
			.getHeaders();
		assertThat(headers.getAccessControlAllowOrigin()).isNull();
		assertThat(headers.getVary()).containsExactly("Origin");
		assertThat(this.served).isTrue();
	}

	@Test
	void aPreflightIsAnsweredBeforeAnyRoute() {
		MockServerHttpResponse answer = answer(MockServerHttpRequest.options("/api/v2/execute")
			.header("Origin", "https://any.example")
			.header("Access-Control-Request-Method", "POST"), "*");
		assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.NO_CONTENT);
		assertThat(answer.getHeaders().getFirst("Access-Control-Allow-Origin")).isEqualTo("*");
		assertThat(answer.getHeaders().getFirst("Access-Control-Allow-Methods")).contains("POST");
		assertThat(answer.getHeaders().getFirst("Access-Control-Allow-Headers")).contains("Content-Type",
				"Idempotency-Key", "Authorization", "X-API-Key", "X-Priority");
		assertThat(answer.getHeaders().getAccessControlMaxAge()).isEqualTo(60);
		assertThat(answer.getHeaders().getVary()).isEmpty();
		assertThat(this.served).isFalse();
	}

	private MockServerHttpResponse answer(MockServerHttpRequest.BaseBuilder<?> request, String... origins) {
		MockServerWebExchange exchange = MockServerWebExchange.from(request);
		new CorsRule(new Origins(List.of(origins)), Duration.ofMinutes(1)).filter(exchange, (passed) -> {
			this.served.set(true);
			return Mono.empty();
		}).block(Duration.ofSeconds(5));
		return exchange.getResponse();
	}

}
