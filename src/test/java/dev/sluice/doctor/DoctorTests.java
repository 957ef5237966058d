package dev.sluice.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.sluice.PromptServers;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class DoctorTests {

	private static final MockResponse NOT_FOUND = answer(404, "{\"message\":\"Not Found\"}");

	private static final MockResponse MISSING = answer(400,
			"{\"error\":{\"message\":\"Missing required parameter 'identifier'\"}}");

	private static final MockResponse PRINTS_42 = answer(200, "{\"run\":{\"stdout\":\"42\\n\"}}");

	private static final String XX = "{\"run\":{\"stdout\":\"\",\"status\":\"XX\"}}";

	private final MockWebServer azure = PromptServers.server();

	private final List<RecordedRequest> requests = new ArrayList<>();

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
		assertWell(examine("identifier", "none"));
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
		pool((request) -> (request.queryParameter("api-version") != null && !isNamed(request)) ? MISSING : PRINTS_42);
		assertOnly("identifier", "auto or lease", examine("identifier", "none"));
	}

	@Test
	void whereTwoLinksAreBrokenBothAreNamed() {
		pool((request) -> !isNamed(request) ? MISSING : isPiston(request) ? PRINTS_42 : NOT_FOUND);
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

	@Test
	void autoSendsAnIdentifierOnlyWhereThePoolAsksForOne() {
		pool((request) -> !isNamed(request) ? MISSING : PRINTS_42);
		List<Finding> findings = examine();
		assertWell(findings);
		assertThat(lines(findings)).contains("auto: the pool asked for one");
	}

	@Test
	void autoIsSoundBeforeAPoolThatRefusesIdentifiers() {
		pool((request) -> isNamed(request) ? answer(400, "{\"error\":{\"message\":\"identifier not allowed\"}}")
				: PRINTS_42);
		assertWell(examine());
	}

	@Test
	void autoDoesNotTurnWhereThePoolAsksInOtherWords() {
		pool((request) -> !isNamed(request) ? answer(400, "{\"error\":{\"message\":\"The identifier is required\"}}")
				: PRINTS_42);
		List<Finding> findings = examine();
		assertOnly("identifier", "→ identifier: lease", findings);
		assertThat(lines(findings)).doesNotContain("auto or");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			textBlock = """
					401 |                            | ✗ authorised | audience     | credential.token | ''
					403 |                            | ✗ authorised | not let      | role assignment  | ''
					429 |                            | ✗ sessions   | full         | max-sessions     | authorised
					404 |                            | ✗ sessions   | no session   | endpoint         | authorised
					307 |                            | ? sessions   | redirect     | endpoint         | authorised
					503 | upstream connect error     | ✗ sessions   | not ready    | target port      | authorised
					500 |                            | ? engine     | sandbox      | endpoint         | authorised
					400 | Missing required parameter 'identifier' | ? identifier | wants | endpoint   | authorised
					400 | the identifier is too long | ? identifier | refused      | endpoint         | authorised
					400 | something else             | ? sessions   | refused      | api-version      | authorised
					404 | {"message":"Not Found"}    | ✗ path       | Not Found    | path             | authorised sessions identifier api-version
					200 | {"hello":"world"}          | ? path       | no verdict   | endpoint         | authorised
					200 | {"run":{"stdout":"41\\n"}} | ✗ stdout     | '41'         | image            | authorised sessions identifier api-version engine
					""")
	void whatNoChangeMendsIsNamedByThePoolsAnswer(int status, String body, String verdict, String words, String mend,
			String sound) {
		pool((request) -> answer(status, (body != null) ? body : ""));
		List<Finding> findings = examine("identifier", "none");
		List<String> clear = new ArrayList<>(List.of("name", "connects", "token"));
		clear.addAll(List.of(sound.replace("''", "").split(" ")));
		clear.remove("");
		assertThat(in(State.SOUND, findings)).containsExactlyElementsOf(clear);
		assertThat(in(State.BROKEN, findings)).hasSize(verdict.startsWith("✗") ? 1 : 0);
		assertThat(findings).filteredOn((finding) -> finding.line().contains(verdict))
			.singleElement()
			.satisfies((finding) -> assertThat(finding.seen()).contains(words))
			.satisfies((finding) -> assertThat(finding.mend()).contains(mend));
		assertThat(findings).noneMatch((finding) -> finding.seen().contains("test-token"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			403 |                         | ? authorised | network's rules
			429 |                         | ? sessions   | endpoint
			404 | <html>no such site      | ? sessions   | endpoint
			503 | upstream connect error  | ? sessions   | endpoint
			500 |                         | ? engine     | endpoint
			404 | {"message":"Not Found"} | ? path       | endpoint
			""")
	void whatABadTokenBringsTooIsBlamedOnNothingBehindTheToken(int status, String body, String verdict, String mend) {
		this.azure.setDispatcher(dispatcher((request) -> answer(status, (body != null) ? body : ""), false));
		List<Finding> findings = examine("identifier", "none");
		assertThat(in(State.BROKEN, findings)).isEmpty();
		assertThat(in(State.SOUND, findings)).containsExactly("name", "connects", "token");
		assertThat(lines(findings)).contains(verdict, "→ ").contains(mend);
	}

	@Test
	void anEmpty500OfAPathThatIsAnsweredOtherwiseThanAWrongOneIsTheEngines() {
		pool((request) -> request.encodedPath().endsWith("/execute") ? answer(500, "") : NOT_FOUND);
		List<Finding> findings = examine("identifier", "none");
		assertOnly("engine", "sandbox", findings, "stdout");
		assertThat(lines(findings)).contains("✓ path", "on /no-such-path: 404 pool-path-not-found");
	}

	@Test
	void whatAGatewayWouldNotTakeForAVerdictIsNone() {
		pool((request) -> answer(200, "{\"run\":{\"stdout\":\"42\\n\"}}").newBuilder()
			.setHeader("Content-Type", "text/html")
			.build());
		assertThat(lines(examine("identifier", "none"))).contains("not JSON").contains("✗ engine", "? stdout");
		pool((request) -> answer(200, XX));
		assertOnly("engine", "no verdict", examine("identifier", "none"), "path", "stdout");
	}

	@Test
	void anAdapterThatAnswersAnotherIsNotSound() {
		pool((request) -> PRINTS_42.newBuilder()
			.setHeader("Sluice-Adapter", "1")
			.setHeader("Sluice-Execution", "another")
			.build());
		List<Finding> findings = examine("identifier", "none");
		assertThat(in(State.BROKEN, findings)).containsExactly("sessions");
		assertThat(lines(findings)).contains("broke");
	}

	@Test
	void itSaysWhetherAnAdapterAnswersOrABarePiston() {
		pool((request) -> PRINTS_42);
		assertThat(lines(examine())).contains("reaches a bare Piston");
		this.azure.setDispatcher(new Dispatcher() {

			@Override
			public MockResponse dispatch(RecordedRequest request) {
				String id = request.getHeaders().get("Sluice-Execution");
				MockResponse.Builder answer = PRINTS_42.newBuilder().setHeader("Sluice-Adapter", "1");
				return ((id != null) ? answer.setHeader("Sluice-Execution", id) : answer).build();
			}

		});
		assertThat(lines(examine())).contains("reaches Sluice's adapter");
	}

	@Test
	void aLinkThatIsSoundSaysWhatChangingItAloneBrings() {
		pool((request) -> !isPiston(request) ? NOT_FOUND : !isNamed(request) ? MISSING : PRINTS_42);
		List<Finding> findings = examine("identifier", "fresh", "path", "/api/v2/execute");
		assertWell(findings);
		assertThat(lines(findings)).contains("without an identifier: 400 pool-identifier-required",
				"without an api-version: a program runs", "on /python/execute: 404 pool-path-not-found",
				"let in, and a bad token is not");
	}

	@Test
	void aPoolThatLetsAnybodyInIsToldSo() {
		this.azure.setDispatcher(dispatcher((request) -> PRINTS_42, false));
		assertThat(lines(examine("identifier", "none"))).contains("let in, as a bad token is too (a program runs)");
	}

	@Test
	void whatABadTokenBringsMayNotTell() {
		this.azure.setDispatcher(new Dispatcher() {

			@Override
			public MockResponse dispatch(RecordedRequest request) {
				return isBad(request) ? answer(500, "") : PRINTS_42;
			}

		});
		List<Finding> findings = examine("identifier", "none");
		assertWell(findings);
		assertThat(lines(findings)).contains("does not tell whether it is looked at: 500 sandbox-failed");
	}

	@Test
	void aPoolThatIsSilentIsNotAskedAgainAndAgain() {
		pool((request) -> answer(200, "").newBuilder().onResponseStart(new SocketEffect.CloseSocket()).build());
		List<Finding> findings = examine("identifier", "none");
		assertThat(in(State.BROKEN, findings)).containsExactly("sessions");
		// For its runtimes, for an execution, and with a bad token.
		assertThat(this.azure.getRequestCount()).isEqualTo(3);
	}

	@Test
	void badLuckIsNotBlamedOnWhatWasChangedNext() {
		List<String> executions = new ArrayList<>();
		pool((request) -> {
			if (request.encodedPath().endsWith("/execute")) {
				executions.add(request.encodedPath());
			}
			return (executions.size() == 1) ? answer(429, "") : PRINTS_42;
		});
		assertWell(examine("identifier", "none"));
	}

	@Test
	void aBarePistonWithoutPythonRunsWhatItHas() {
		pool((request) -> isPiston(request) ? PRINTS_42 : NOT_FOUND);
		Dispatcher others = this.azure.getDispatcher();
		this.azure.setDispatcher(new Dispatcher() {

			@Override
			public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
				String body = (request.getBody() != null) ? request.getBody().utf8() : "";
				boolean java = body.isEmpty() || body.contains("\"java\"") || isBad(request);
				return java ? others.dispatch(request) : answer(400, "{\"message\":\"x-* runtime is unknown\"}");
			}

		});
		assertWell(examine("identifier", "none", "path", "/api/v2/execute"));
	}

	@ParameterizedTest
	@CsvSource({ "java, '', java", "c++, '', c++", "java python, java, java" })
	void theProgramIsInALanguageThatThePoolHasAndIsUsedFor(String has, String used, String language) {
		pool((request) -> request.encodedPath().endsWith("/runtimes") ? runtimes(has.split(" ")) : PRINTS_42);
		assertWell(examine("identifier", "none", "languages", used));
		assertThat(this.requests)
			.filteredOn((request) -> "POST".equals(request.getMethod())
					&& request.getUrl().encodedPath().equals("/python/execute"))
			.isNotEmpty()
			.allMatch((request) -> Objects.requireNonNull(request.getBody())
				.utf8()
				.contains("\"language\":\"" + language + "\""));
	}

	@Test
	void whereThereIsNoLanguageToTryNothingIsBlamed() {
		pool((request) -> request.encodedPath().endsWith("/runtimes") ? runtimes("rust")
				: request.encodedPath().endsWith("/execute")
						? answer(400, "{\"message\":\"python-* runtime is unknown\"}") : NOT_FOUND);
		List<Finding> findings = examine("identifier", "none");
		assertThat(in(State.BROKEN, findings)).isEmpty();
		assertThat(in(State.UNKNOWN, findings)).containsExactly("engine", "stdout");
		assertThat(lines(findings)).contains("a language of which the doctor knows a program");
	}

	@Test
	void aPlainPistonIsAskedForNothingThatOnlyPoolsHave() {
		pool((request) -> isPiston(request) ? PRINTS_42 : NOT_FOUND);
		List<Finding> findings = examine("kind", "piston");
		assertWell(findings);
		assertThat(in(State.ABSENT, findings)).containsExactly("tls", "token", "authorised", "sessions", "identifier",
				"api-version");
		assertThat(this.requests).isNotEmpty().allSatisfy((request) -> {
			assertThat(request.getHeaders().get("Authorization")).isNull();
			assertThat(request.getUrl().query()).isNull();
			assertThat(request.getTarget()).doesNotContain("management");
		});
		assertOnly("path", "/api/v2/execute", examine("kind", "piston", "path", "/execute"));
	}

	@Test
	void theTokenSaysWhomItIsForAndNeverWhatItIs() {
		pool((request) -> PRINTS_42);
		List<Finding> findings = examine("credential.token", jwt("https://dynamicsessions.io", in(3600)));
		assertThat(lines(findings))
			.contains("✓ token",
					"given, audience https://dynamicsessions.io, tenant our-tenant, expires at " + in(3600))
			.doesNotContain("signature")
			.doesNotContain("obtained");
		assertThat(lines(examine())).contains("does not tell when it expires");
	}

	@ParameterizedTest
	@CsvSource({ "https://dynamicsessions.io, 2001-01-01T00:00:00Z, has expired",
			"https://management.azure.com, 2100-01-01T00:00:00Z, is not for https://dynamicsessions.io" })
	void aTokenThatCanNotBeGoodIsNamed(String audience, Instant expires, String words) {
		pool((request) -> answer(401, ""));
		List<Finding> findings = examine("credential.token", jwt(audience, expires));
		assertThat(in(State.BROKEN, findings)).containsExactly("token");
		assertThat(lines(findings)).contains(words, "→ credential.token", "? authorised");
		pool((request) -> PRINTS_42);
		findings = examine("credential.token", jwt(audience, expires));
		assertWell(findings);
		assertThat(lines(findings)).contains(words, "and is let in");
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://dynamicsessions.io/", "4d13fa98-41ca-4a3d-9d5f-000000000000" })
	void anAudienceThatIsTheScopesOrDoesNotTellIsNotBlamed(String audience) {
		pool((request) -> answer(401, ""));
		assertThat(in(State.BROKEN, examine("credential.token", jwt(audience, in(60))))).containsExactly("authorised");
	}

	@Test
	void aTokenThatCanNotBeHadIsTheTokens(@TempDir Path folder) {
		pool((request) -> PRINTS_42);
		List<Finding> findings = Objects.requireNonNull(
				new Doctor()
					.examine(
							TestPools
								.at(this.azure.url("/").uri(), "credential.token", null, "credential.token-file",
										folder.resolve("missing").toString())
								.all()
								.getFirst())
					.block(Duration.ofSeconds(30)));
		assertThat(in(State.BROKEN, findings)).containsExactly("token");
		assertThat(lines(findings)).contains("→ credential.token-file");
		assertThat(this.azure.getRequestCount()).isZero();
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
		findings = examine(URI.create("http://127.0.0.1:99999"));
		assertThat(in(State.BROKEN, findings)).containsExactly("connects");
	}

	@Test
	void whatBreaksLaterTakesATickBack() throws IOException {
		try (ServerSocket once = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Thread closing = Thread.startVirtualThread(() -> {
				try (once) {
					once.accept().close();
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			});
			List<Finding> findings = examine(URI.create("http://127.0.0.1:" + once.getLocalPort()));
			assertThat(in(State.BROKEN, findings)).containsExactly("connects");
			assertThat(in(State.SOUND, findings)).containsExactly("name", "token");
			assertThat(closing.isAlive()).isFalse();
		}
	}

	private static void assertWell(List<Finding> findings) {
		assertThat(findings).as(lines(findings)).hasSize(Link.values().length).allMatch(Finding::isWell);
	}

	private static void assertOnly(String link, String words, List<Finding> findings, String... unknown) {
		assertThat(in(State.BROKEN, findings)).as(lines(findings)).containsExactly(link);
		assertThat(in(State.UNKNOWN, findings)).as(lines(findings)).containsExactly(unknown);
		assertThat(lines(findings)).contains("✗ " + link, words);
	}

	private static String lines(List<Finding> findings) {
		return findings.stream().map(Finding::line).collect(Collectors.joining("\n"));
	}

	private static List<String> in(State state, List<Finding> findings) {
		return findings.stream().filter((finding) -> finding.state() == state).map(Finding::link).toList();
	}

	private void pool(Function<HttpUrl, MockResponse> sessions) {
		this.azure.setDispatcher(dispatcher(sessions, true));
	}

	private Dispatcher dispatcher(Function<HttpUrl, MockResponse> sessions, boolean looksAtTokens) {
		return new Dispatcher() {

			@Override
			public MockResponse dispatch(RecordedRequest request) {
				DoctorTests.this.requests.add(request);
				if (request.getTarget().startsWith("/.management/")) {
					return answer(200, "");
				}
				return (looksAtTokens && isBad(request)) ? answer(401, "") : sessions.apply(request.getUrl());
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

	private static boolean isBad(RecordedRequest request) {
		return "Bearer not-a-token".equals(request.getHeaders().get("Authorization"));
	}

	private static boolean isNamed(HttpUrl request) {
		return request.queryParameter("identifier") != null;
	}

	private static boolean isPiston(HttpUrl request) {
		return request.encodedPath().endsWith("/api/v2/execute");
	}

	private static MockResponse runtimes(String... languages) {
		return answer(200,
				List.of(languages)
					.stream()
					.map((language) -> "{\"language\":\"" + language + "\",\"version\":\"1.0.0\",\"aliases\":[]}")
					.collect(Collectors.joining(",", "[", "]")));
	}

	private static Instant in(int seconds) {
		return Instant.ofEpochSecond(Instant.now().getEpochSecond() / 1000 * 1000 + 1000 + seconds);
	}

	private static String jwt(String audience, Instant expires) {
		String claims = "{\"aud\":\"" + audience + "\",\"tid\":\"our-tenant\",\"exp\":" + expires.getEpochSecond()
				+ "}";
		return "e30." + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(StandardCharsets.UTF_8))
				+ ".signature";
	}

	private static MockResponse answer(int status, String body) {
		return new MockResponse.Builder().code(status).addHeader("Content-Type", "application/json").body(body).build();
	}

}
