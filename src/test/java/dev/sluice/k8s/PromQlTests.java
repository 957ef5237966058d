package dev.sluice.k8s;

import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class PromQlTests {

	@Test
	void metricsAreFoundWithWhatPicksThem() {
		assertThat(PromQl.metrics("sum by (b) (rate(a{b=~\"c|d\", e!=\")\"}[5m])) / on () f > 0"))
			.isEqualTo(Map.of("a", Map.of("b", Set.of("c", "d"), "e", Set.of(")")), "f", Map.of()));
	}

	@ParameterizedTest
	@ValueSource(strings = { "sum(rate(a[5m]) > 0", "sum(rate(a[5m]))) > 0", "rate(a[5m)", "rate(a{b=\"c\")",
			"rate(a{b=\"c})", ") a (", "(a]" })
	void whatIsNotClosedIsNotRead(String expression) {
		assertThatIllegalArgumentException().isThrownBy(() -> PromQl.metrics(expression));
	}

}
