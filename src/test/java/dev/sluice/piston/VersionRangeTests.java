package dev.sluice.piston;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Our reading of ranges beside that of npm's semver 7.3.5, of which the table was made.
 */
class VersionRangeTests {

	private static final List<String> VERSIONS = List.of("0.0.1", "0.2.3", "0.5.12", "3.9.4", "3.11.2", "3.12.1",
			"5.2.15", "12.2.0", "15.10.0", "20.20.2", "1.0.0-beta.2");

	static List<JsonNode> table() throws IOException {
		try (InputStream lines = VersionRangeTests.class.getResourceAsStream("/version-ranges.jsonl")) {
			String text = new String(Objects.requireNonNull(lines).readAllBytes(), StandardCharsets.UTF_8);
			return text.lines().map(new JsonMapper()::readTree).toList();
		}
	}

	@ParameterizedTest
	@MethodSource("table")
	void aRangeHoldsWhatItHoldsForNpm(JsonNode row) {
		VersionRange range = VersionRange.parse(row.path("range").stringValue());
		List<String> fits = row.path("fits").valueStream().map(JsonNode::stringValue).toList();
		assertThat(VERSIONS.stream().filter((version) -> range.holds(version(version))).toList()).isEqualTo(fits);
	}

	@Test
	void versionsAreOrderedAsNpmOrdersThem() {
		List<Version> ordered = List
			.of("1.0.0-1", "1.0.0-2", "1.0.0-11", "1.0.0-a", "1.0.0-a.1", "1.0.0-b", "1.0.0", "1.0.1", "1.2.0",
					"1.10.0")
			.stream()
			.map(VersionRangeTests::version)
			.toList();
		assertThat(ordered.reversed().stream().sorted().toList()).isEqualTo(ordered);
	}

	@ParameterizedTest
	@CsvSource({ "3.12, 3.12.0", "v3, 3.0.0", "go1.22.3, 1.22.3", "3.12.1, 3.12.1", "2021.10.19.1, 2021.10.19" })
	void aRuntimesVersionMayLackNumbers(String text, String version) {
		assertThat(Version.coerce(text)).isEqualTo(version(version));
		assertThat(Version.coerce("latest")).isNull();
	}

	private static Version version(String text) {
		return Objects.requireNonNull(Version.parse(text));
	}

}
