package dev.sluice.adapter;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.MediaType;

import static org.assertj.core.api.Assertions.assertThat;

class FormTests {

	@ParameterizedTest
	@ValueSource(strings = { "application/x-ndjson", "Application/X-NDJSON", "application/x-ndjson, */*",
			"*/*, application/x-ndjson", "application/x-ndjson;q=0.9, application/json;q=0.8",
			"application/x-ndjson, application/json", "application/x-ndjson;charset=utf-8",
			"text/html, application/x-ndjson;q=0.1", "application/x-ndjson, application/*;q=0.5" })
	void eventsAreForWhoAsksForThem(String accept) {
		assertThat(Form.of(MediaType.parseMediaTypes(accept))).isEqualTo(Form.EVENTS);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "*/*", "application/*", "application/json", "text/html",
			"application/json, application/x-ndjson", "application/x-ndjson;q=0.5, application/json",
			"application/x-ndjson;q=0", "application/x-ndjson;q=0.5, */*" })
	void othersGetTheAnswer(String accept) {
		assertThat(Form.of(MediaType.parseMediaTypes(accept))).isEqualTo(Form.ANSWER);
	}

}
