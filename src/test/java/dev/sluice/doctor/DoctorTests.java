package dev.sluice.doctor;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.sluice.doctor.Finding.State;
import dev.sluice.pool.TestPools;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class DoctorTests {

	private static final MockResponse NOT_FOUND = answer(404, "{\"message\":\"Not Found\"}");

	private static final MockResponse MISSING = answer(400,
			"{\"error\":{\"message\":\"Missing required parameter 'identifier'\"}}");

	private static final MockResponse PRINTS_42 = answer(200, "{\"run\":{\"stdout\":\"42\\n\"}}");

	private final MockWebServer azure = new MockWebServer();

	@BeforeEach
	void start() throws IOException {
		this.azure.start();
	}

	@AfterEach
	void close() {
		this.azure.close();
	}

	@Test
	void aChainThatPrints42IsSound() {
		pool((request) -> PRINTS_42);
		assertThat(examine("identifier", "none")).hasSize(Link.values().length)
			.allMatch((finding) -> finding.state() == State.SOUND);
	}

	@Test
	void theFirstOfTheHistory404WithARandomIdentifierIsThePath() {
		pool((request) -> isPiston(request) ? PRINTS_42 : NOT_FOUND);
		assertOnly("path", "/api/v2/execute", examine("identifier", "fresh"));
	}

	@Test
	void theSecondOfTheHistoryWithoutIdentifierAndApiVersionIsThePathToo() {
		pool((request) -> isPiston(request) ? PRINTS_42 : NOT_FOUND);
		assertOnly("path", "/api/v2/execute", examine("identifier", "none", "api-version", ""));
	}

	@Test
	void theThirdOfTheHistory400WithApiVersionAndWithoutIdentifierIsTheIdentifier() {
		pool((request) -> (request.queryParameter("api-version") != null
				&& request.queryParameter("identifier") == null) ? MISSING : PRINTS_42);
		assertOnly("identifier", "auto or lease", examine("identifier", "none"));
	}

	@Test
	void whereTwoLinksAreBrokenBothAreNamed() {
		pool((request) -> (request.queryParameter("identifier") == null) ? MISSING
				: isPiston(request) ? PRINTS_42 : NOT_FOUND);
		List<Finding> findings = examine("identifier", "none");
		assertThat(in(State.BROKEN, findings)).containsExactly("identifier", "path");
		assertThat(in(State.UNKNOWN, findings)).isEmpty();
	}

	@Test
	void anApiVersionThatThePoolDoesNotKnowIsNamed() {
		pool((request) -> (request.queryParameter("api-version") != null)
				? answer(400, "{\"error\":{\"code\":\"SessionRequestNotSupported\"}}") : PRINTS_42);
		assertOnly("api-version", "without an api-version it works", examine("identifier", "none"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			401 |                                  | authorised | audience
			403 |                                  | authorised | Session Executor
			429 |                                  | sessions   | full
			503 | upstream connect error           | sessions   | not ready
			500 |                                  | engine     | sandbox
			200 | {"hello":"world"}                | path       | neither an adapter nor a Piston
			200 | {"run":{"stdout":"41\\n"}}       | stdout     | '41'
			""")
	void whatNoChangeMendsIsNamedByThePoolsAnswer(int status, String body, String link, String words) {
		pool((request) -> answer(status, (body != null) ? body.replace("\\\\", "\\") : ""));
		List<Finding> findings = examine("identifier", "none");
		assertThat(in(State.BROKEN, findings)).containsExactly(link);
		assertThat(in(State.SOUND, findings)).containsExactly("name", "connects", "tls", "token");
		assertThat(findings).anyMatch((finding) -> finding.state() == State.BROKEN && finding.seen().contains(words));
		assertThat(findings).noneMatch((finding) -> finding.seen().contains("test-token"));
	}

	@Test
	void whatLiesBelowHttpIsLookedAtFirst() {
		URI address = this.azure.url("/").uri();
		this.azure.close();
		List<Finding> findings = examine(address);
		assertThat(in(State.BROKEN, findings)).containsExactly("connects");
		findings = examine(URI.create("http://no-such-host.invalid"));
		assertThat(in(State.BROKEN, findings)).containsExactly("name");
		assertThat(in(State.SOUND, findings)).isEmpty();
	}

	private static void assertOnly(String link, String words, List<Finding> findings) {
		assertThat(in(State.BROKEN, findings)).containsExactly(link);
		assertThat(in(State.UNKNOWN, findings)).isEmpty();
		assertThat(findings.stream().map(Finding::line).collect(Collectors.joining("\n"))).contains("✗ " + link, words);
	}

	private static List<String> in(State state, List<Finding> findings) {
		return findings.stream().filter((finding) -> finding.state() == state).map(Finding::link).toList();
	}

	private void pool(Function<HttpUrl, MockResponse> sessions) {
		this.azure.setDispatcher(new Dispatcher() {

			@Override
			public MockResponse dispatch(RecordedRequest request) {
				if (request.getTarget().startsWith("/.management/")) {
					return answer(200, "");
				}
				boolean authorised = "Bearer test-token".equals(request.getHeaders().get("Authorization"));
				return authorised ? sessions.apply(request.getUrl()) : answer(401, "");
			}

		});
	}

	private List<Finding> examine(String... settings) {
		return examine(this.azure.url("/").uri(), settings);
	}

	private static List<Finding> examine(URI endpoint, String... settings) {
		return Objects.requireNonNull(
				new Doctor().examine(TestPools.at(endpoint, settings).all().getFirst()).block(Duration.ofSeconds(30)));
	}

	private static boolean isPiston(HttpUrl request) {
		return request.encodedPath().endsWith("/api/v2/execute");
	}

	private static MockResponse answer(int status, String body) {
		return new MockResponse.Builder().code(status).addHeader("Content-Type", "application/json").body(body).build();
	}

}
