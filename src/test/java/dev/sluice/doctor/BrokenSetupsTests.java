package dev.sluice.doctor;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import dev.sluice.Processes;
import dev.sluice.doctor.Finding.State;
import dev.sluice.emulator.TestEmulators;
import dev.sluice.emulator.TestEmulators.TestEmulator;
import dev.sluice.pool.TestPools;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Set-ups that are each broken at one link, before an emulated pool and an adapter with
 * an engine.
 */
class BrokenSetupsTests {

	private static final Processes processes = new Processes();

	private static URI adapter;

	@BeforeAll
	static void start() {
		adapter = processes.adapter("--sluice.engine.sandbox=rlimits");
	}

	@AfterAll
	static void close() {
		processes.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			""                       | credential.token wrong    | authorised | credential.token
			""                       | path /python/run          | path       | path: /api/v2/execute
			""                       | identifier none           | identifier | identifier: auto or lease
			""                       | endpoint http://127.0.0.1:1 | connects | endpoint
			""                       | endpoint http://no-such-pool.invalid | name | endpoint
			"faults.rates.forbidden 1" | ""                      | authorised | role assignment
			"faults.rates.full 1"    | ""                        | sessions   | max-sessions
			"faults.rates.not-ready 1" | ""                      | sessions   | target port
			""                       | credential.token-file /missing | token | credential.token-file
			""                       | runtimes-path /nowhere    | ""         | ""
			""                       | ""                        | ""         | ""
			""")
	void theLinkThatIsBrokenIsNamedAndNoOther(String emulator, String pool, String link, String mend) {
		try (TestEmulator azure = TestEmulators.before(adapter,
				words("identifiers required " + emulator).toArray(String[]::new))) {
			List<Finding> findings = examine(azure, pool);
			assertThat(findings).filteredOn((finding) -> finding.state() == State.BROKEN)
				.as(findings.toString())
				.extracting(Finding::link)
				.containsExactlyElementsOf(words(link).toList());
			assertThat(findings).filteredOn((finding) -> finding.state() == State.BROKEN)
				.allSatisfy((finding) -> assertThat(finding.mend()).contains(mend));
		}
	}

	@Test
	void twoThatAreBrokenAreBothNamed() {
		try (TestEmulator azure = TestEmulators.before(adapter, "identifiers", "required")) {
			assertThat(examine(azure, "identifier none path /python/run"))
				.filteredOn((finding) -> finding.state() == State.BROKEN)
				.extracting(Finding::link)
				.containsExactly("identifier", "path");
		}
	}

	private static List<Finding> examine(TestEmulator azure, String settings) {
		String[] all = words(settings).toArray(String[]::new);
		if (settings.contains("token-file")) {
			all = Stream.concat(Stream.of("credential.token", null), Stream.of(all)).toArray(String[]::new);
		}
		return Objects.requireNonNull(new Doctor().examine(TestPools.at(azure.address(), all).all().getFirst())
			.block(Duration.ofSeconds(30)));
	}

	private static Stream<String> words(String text) {
		return Stream.of(text.strip().split(" ")).filter((word) -> !word.isEmpty());
	}

}
