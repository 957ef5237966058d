package dev.sluice.http;

import java.time.Duration;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

class FailureHandlerTests {

	@ParameterizedTest
	@CsvSource({ "0, 1", "1, 1", "999999999, 1", "1000000000, 1", "1000000001, 2", "60000000000, 60" })
	void nobodyIsToComeAgainTooEarly(long nanos, String seconds) {
		MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
		new FailureHandler()
			.handle(exchange,
					ExecutionFailure.passing(FailureCode.OVERLOADED, "full").retryAfter(Duration.ofNanos(nanos)))
			.block(Duration.ofSeconds(5));
		assertThat(exchange.getResponse().getHeaders().getFirst("Retry-After")).isEqualTo(seconds);
	}

}
