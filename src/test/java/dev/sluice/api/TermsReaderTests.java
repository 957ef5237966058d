package dev.sluice.api;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

import dev.sluice.execution.Client;
import dev.sluice.execution.Deadline;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Priority;
import dev.sluice.execution.Terms;
import dev.sluice.piston.PistonOutline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.web.reactive.function.server.MockServerRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TermsReaderTests {

	private final TermsReader reader = new TermsReader(
			new DeadlineProperties(Duration.ofSeconds(60), Duration.ofSeconds(220)));

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			                                              |       | PT73S   | false
			"run_timeout":5000                            |       | PT75S   | false
			"compile_timeout":20000,"run_timeout":5000    |       | PT85S   | false
			"run_timeout":500000                          |       | PT220S  | false
			"run_timeout":5000                            | 20    | PT20S   | true
			"run_timeout":5000                            | 500ms | PT0.5S  | true
			"run_timeout":5000                            | 100s  | PT100S  | false
			"run_timeout":5000                            | 9999  | PT220S  | false
			""")
	void theDeadlineIsTheProgramsTimeAndSlackOrWhatTheClientAsksFor(String limits, String asked, Duration time,
			boolean hasty) {
		Deadline deadline = terms(limits, "X-Request-Timeout", asked).deadline();
		assertThat(deadline.whole()).isEqualTo(time);
		assertThat(deadline.left()).isPositive().isLessThanOrEqualTo(time);
		assertThat(deadline.isHasty()).isEqualTo(hasty);
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "-1", "soon", "1m", "99999999" })
	void whatIsNoTimeIsRefused(String asked) {
		assertThatExceptionOfType(ExecutionFailure.class).isThrownBy(() -> terms(null, "X-Request-Timeout", asked))
			.withMessageContaining("X-Request-Timeout");
	}

	@Test
	void aKeyAllowsARepeatAndANameIsASession() {
		assertThat(terms(null, "Idempotency-Key", "one").repeatable()).isTrue();
		assertThat(terms(null, "X-Session-Id", "mine").session()).isEqualTo("mine");
		assertThat(terms(null, "X-Other", "x").mustBeFoundAgain()).isFalse();
		assertThatExceptionOfType(ExecutionFailure.class).isThrownBy(() -> terms(null, "X-Session-Id", "two words"));
	}

	@Test
	void aPriorityIsLoweredByAWishAndNeverRaised() {
		Client batch = new Client("alice", Priority.BATCH);
		assertThat(terms(null, "X-Priority", "interactive", batch).priority()).isEqualTo(Priority.BATCH);
		assertThat(terms(null, "X-Other", "x", batch).priority()).isEqualTo(Priority.BATCH);
		assertThat(terms(null, "X-Priority", " Batch ", Client.ANYONE).priority()).isEqualTo(Priority.BATCH);
		assertThat(terms(null, "X-Other", "x", Client.ANYONE).priority()).isEqualTo(Priority.INTERACTIVE);
		assertThatExceptionOfType(ExecutionFailure.class).isThrownBy(() -> terms(null, "X-Priority", "first"))
			.withMessageContaining("X-Priority must be interactive or batch");
	}

	private Terms terms(String limits, String header, String value) {
		return terms(limits, header, value, Client.ANYONE);
	}

	private Terms terms(String limits, String header, String value, Client client) {
		String body = "{\"language\":\"c\",\"version\":\"*\",\"files\":[{\"content\":\"\"}]"
				+ ((limits != null) ? "," + limits : "") + "}";
		MockServerRequest.Builder request = MockServerRequest.builder();
		return this.reader.read(((value != null) ? request.header(header, value) : request).build(),
				PistonOutline.read(ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8))),
				LimitsPropertiesTests.limits(Map.of()).general(), client);
	}

}
