package dev.sluice.doctor;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

import dev.sluice.PromptServers;
import dev.sluice.doctor.Finding.State;
import dev.sluice.emulator.TestEmulators;
import dev.sluice.emulator.TestEmulators.TestEmulator;
import dev.sluice.pool.TestPools;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The history that Sluice began with, played by the emulator: a pool that wants an
 * identifier only of requests with an api-version, before containers in which a Piston
 * listens on its own path.
 */
class HistoryTests {

	private final MockWebServer piston = PromptServers.server();

	private TestEmulator pool;

	@BeforeEach
	void start() throws IOException {
		this.piston.setDispatcher(new Dispatcher() {

			@Override
			public MockResponse dispatch(RecordedRequest request) {
				return request.getUrl().encodedPath().equals("/api/v2/execute")
						? answer(200, "{\"run\":{\"stdout\":\"42\\n\",\"stderr\":\"\",\"code\":0}}")
						: answer(404, "{\"message\":\"Not Found\"}");
			}

		});
		this.piston.start();
		URI container = URI.create("http://127.0.0.1:" + this.piston.getPort());
		this.pool = TestEmulators.before(container, "identifiers", "required-with-api-version");
	}

	@AfterEach
	void close() {
		this.pool.close();
		this.piston.close();
	}

	@Test
	void a404WithARandomIdentifierIsThePath() {
		assertOnly("path", "path: /api/v2/execute", examine("identifier", "fresh", "path", "/python/execute"));
	}

	@Test
	void a404WithoutIdentifierAndApiVersionIsThePath() {
		assertOnly("path", "path: /api/v2/execute",
				examine("identifier", "none", "api-version", "", "path", "/python/execute"));
	}

	@Test
	void a400WithApiVersionAndWithoutIdentifierIsTheIdentifier() {
		assertOnly("identifier", "identifier: auto or lease", examine("identifier", "none", "path", "/api/v2/execute"));
	}

	@Test
	void a400BeforeAPathThatIsWrongTooIsBoth() {
		List<Finding> findings = examine("identifier", "none", "path", "/python/execute");
		assertThat(in(State.BROKEN, findings)).containsExactly("identifier", "path");
		assertThat(in(State.UNKNOWN, findings)).isEmpty();
	}

	@Test
	void whatTheDoctorSaysMendsIt() {
		List<Finding> findings = examine("identifier", "lease", "path", "/api/v2/execute");
		assertThat(findings).allMatch(Finding::isWell);
		assertThat(findings).anySatisfy((finding) -> assertThat(finding.seen()).contains("without an identifier: 400"));
	}

	@Test
	void autoNeedsNothingButThePath() {
		assertOnly("path", "path: /api/v2/execute", examine("path", "/python/execute"));
		assertThat(examine("path", "/api/v2/execute")).allMatch(Finding::isWell)
			.anySatisfy((finding) -> assertThat(finding.seen()).contains("auto: the pool asked for one"));
	}

	private static void assertOnly(String link, String mend, List<Finding> findings) {
		assertThat(in(State.BROKEN, findings)).containsExactly(link);
		assertThat(in(State.UNKNOWN, findings)).isEmpty();
		assertThat(findings).anyMatch((finding) -> mend.equals(finding.mend()));
	}

	private static List<String> in(State state, List<Finding> findings) {
		return findings.stream().filter((finding) -> finding.state() == state).map(Finding::link).toList();
	}

	private List<Finding> examine(String... settings) {
		return Objects.requireNonNull(new Doctor().examine(TestPools.at(this.pool.address(), settings).all().getFirst())
			.block(Duration.ofSeconds(30)));
	}

	private static MockResponse answer(int status, String body) {
		return new MockResponse.Builder().code(status).addHeader("Content-Type", "application/json").body(body).build();
	}

}
