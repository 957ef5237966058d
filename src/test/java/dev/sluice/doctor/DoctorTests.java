package dev.sluice.doctor;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
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
import mockwebserver3.SocketEffect;
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
	@CsvSource(delimiter = '|',
			textBlock = """
					401 |                            | authorised | audience     | scope           | ''
					403 |                            | authorised | not let      | role assignment | ''
					429 |                            | sessions   | full         | max-sessions    | authorised
					404 |                            | sessions   | no session   | max-sessions    | authorised
					307 |                            | sessions   | redirect     | endpoint        | authorised
					503 | upstream connect error     | sessions   | not ready    | target port     | ''
					500 |                            | engine     | sandbox      | log             | authorised sessions identifier api-version path
					404 | {"message":"Not Found"}    | path       | Not Found    | path            | authorised sessions identifier api-version
					200 | {"hello":"world"}          | path       | neither      | endpoint        | authorised
					200 | {"run":{"stdout":"41\\n"}} | stdout     | '41'         | image           | authorised sessions identifier api-version path engine
					""",
			quoteCharacter = '"')
	void whatNoChangeMendsIsNamedByThePoolsAnswer(int status, String body, String link, String words, String mend,
			String sound) {
		pool((request) -> answer(status, (body != null) ? body : ""));
		List<Finding> findings = examine("identifier", "none");
		assertThat(in(State.BROKEN, findings)).containsExactly(link);
		List<String> clear = new ArrayList<>(List.of("name", "connects", "tls", "token"));
		clear.addAll(List.of(sound.replace("''", "").split(" ")));
		clear.remove("");
		assertThat(in(State.SOUND, findings)).containsExactlyElementsOf(clear);
		assertThat(findings).filteredOn((finding) -> finding.state() == State.BROKEN)
			.singleElement()
			.satisfies((finding) -> assertThat(finding.seen()).contains(words))
			.satisfies((finding) -> assertThat(finding.mend()).contains(mend));
		assertThat(findings).noneMatch((finding) -> finding.seen().contains("test-token"));
	}

	@Test
	void aLinkThatIsSoundSaysWhatChangingItAloneBrings() {
		pool((request) -> !isPiston(request) ? NOT_FOUND
				: (request.queryParameter("identifier") == null) ? MISSING : PRINTS_42);
		List<Finding> findings = examine("identifier", "fresh", "path", "/api/v2/execute");
		assertThat(findings).allMatch((finding) -> finding.state() == State.SOUND);
		assertThat(findings.stream().map(Finding::line).collect(Collectors.joining("\n"))).contains(
				"without an identifier: 400 pool-identifier-required", "without an api-version: a program runs",
				"on /python/execute: 404 pool-path-not-found", "let in, and a bad token is not");
	}

	@Test
	void aPoolThatLetsAnybodyInIsToldSo() {
		this.azure.setDispatcher(dispatcher((request) -> PRINTS_42, false));
		assertThat(examine("identifier", "none")).anySatisfy(
				(finding) -> assertThat(finding.seen()).contains("let in, as a bad token is too (a program runs)"));
	}

	@Test
	void aPoolThatIsSilentIsNotAskedAgainAndAgain() {
		pool((request) -> answer(200, "").newBuilder().onResponseStart(new SocketEffect.CloseSocket()).build());
		List<Finding> findings = examine("identifier", "none");
		assertThat(in(State.BROKEN, findings)).containsExactly("sessions");
		assertThat(this.azure.getRequestCount()).isEqualTo(1);
	}

	@Test
	void theTokenSaysWhomItIsForAndNeverWhatItIs() {
		pool((request) -> PRINTS_42);
		String claims = Base64.getUrlEncoder()
			.withoutPadding()
			.encodeToString(
					"{\"aud\":\"https://dynamicsessions.io\",\"tid\":\"our-tenant\"}".getBytes(StandardCharsets.UTF_8));
		List<Finding> findings = examine("credential.token", "e30." + claims + ".signature");
		assertThat(findings).anySatisfy((finding) -> assertThat(finding.seen())
			.contains("audience https://dynamicsessions.io, tenant our-tenant, expires at"));
		assertThat(findings).noneMatch((finding) -> finding.line().contains("signature"));
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
		this.azure.setDispatcher(dispatcher(sessions, true));
	}

	private static Dispatcher dispatcher(Function<HttpUrl, MockResponse> sessions, boolean looksAtTokens) {
		return new Dispatcher() {

			@Override
			public MockResponse dispatch(RecordedRequest request) {
				if (request.getTarget().startsWith("/.management/")) {
					return answer(200, "");
				}
				boolean authorised = !"Bearer not-a-token".equals(request.getHeaders().get("Authorization"));
				return (authorised || !looksAtTokens) ? sessions.apply(request.getUrl()) : answer(401, "");
			}

		};
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
