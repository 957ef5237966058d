package dev.sluice.doctor;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

import dev.sluice.RawServer;
import dev.sluice.pool.Pools;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class DoctorTests {

	private final RawServer pool = new RawServer();

	@AfterEach
	void close() {
		this.pool.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			401 |                                                    | pool    | audience
			403 |                                                    | pool    | Session Executor
			400 | Missing required parameter 'identifier'            | pool    | identifier
			429 |                                                    | pool    | full
			404 | {"message":"Not Found"}                            | adapter | /python/execute
			200 | {"hello":"world"}                                  | adapter | no verdict
			500 |                                                    | engine  | sandbox
			200 | {"run":{"stdout":"41\\n"}}                         | engine  | '41'
			""")
	void theFirstLinkThatBrokeIsNamed(int status, String body, String link, String words) {
		this.pool.answers(status, "Content-Type: application/json\n", (body != null) ? body.replace("\\\\", "\\") : "");
		List<Finding> findings = examine();
		Finding broken = findings.stream()
			.filter((finding) -> finding.state() == Finding.State.BROKEN)
			.findFirst()
			.orElseThrow();
		assertThat(broken.link()).isEqualTo(link);
		assertThat(broken.seen()).contains(words);
		int place = findings.indexOf(broken);
		assertThat(findings.subList(0, place)).allMatch((finding) -> finding.state() == Finding.State.SOUND);
		assertThat(findings.subList(place + 1, 4)).allMatch((finding) -> finding.state() == Finding.State.UNKNOWN);
	}

	@Test
	void aChainThatPrints42IsSound() {
		this.pool.answers(200, "Content-Type: application/json\n", "{\"run\":{\"stdout\":\"42\\n\"}}");
		assertThat(examine()).hasSize(4).allMatch((finding) -> finding.state() == Finding.State.SOUND);
	}

	private List<Finding> examine() {
		return Objects
			.requireNonNull(new Doctor().examine(Pools.at(this.pool.address())).block(Duration.ofSeconds(10)));
	}

}
