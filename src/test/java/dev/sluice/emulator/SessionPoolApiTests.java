package dev.sluice.emulator;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.RawServer;
import dev.sluice.emulator.EmulatorProperties.IdentifierRule;
import dev.sluice.http.LoopbackServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import org.springframework.test.web.reactive.server.WebTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class SessionPoolApiTests {

	private final RawServer adapter = new RawServer().answers(200, "Sluice-Adapter: 1\nX-Mine: yes\n", "verdict");

	private final List<URI> ended = new CopyOnWriteArrayList<>();

	private final List<AutoCloseable> open = new ArrayList<>();

	private volatile Instant now = Instant.parse("2026-11-23T10:00:00Z");

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable closeable : this.open.reversed()) {
			closeable.close();
		}
		this.adapter.close();
	}

	@Test
	void aRequestGoesToTheSamePathOfTheSessionsContainer() {
		pool(IdentifierRule.REQUIRED, 3, 429).post()
			.uri("/python/execute?api-version=x&identifier=abcd")
			.bodyValue("body")
			.exchange()
			.expectStatus()
			.isOk()
			.expectHeader()
			.valueEquals("X-Mine", "yes")
			.expectHeader()
			.valueEquals("x-ms-new-allocation", "true")
			.expectHeader()
			.exists("x-ms-session-guid")
			.expectBody(String.class)
			.isEqualTo("verdict");
		assertThat(this.adapter.requests().getFirst())
			.startsWith("POST /python/execute?api-version=x&identifier=abcd HTTP/1.1")
			.contains("body");
	}

	@Test
	void anIdentifierKeepsItsSession() {
		WebTestClient pool = pool(IdentifierRule.REQUIRED, 3, 429);
		String first = execute(pool, "abcd").returnResult(String.class)
			.getResponseHeaders()
			.getFirst("x-ms-session-guid");
		execute(pool, "abcd").expectHeader().valueEquals("x-ms-session-guid", String.valueOf(first));
		execute(pool, "efgh").expectHeader().value("x-ms-session-guid", (guid) -> assertThat(guid).isNotEqualTo(first));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "Bearer wrong", "bearer token", "token" })
	void aWrongTokenIsRefused(String authorization) {
		client(IdentifierRule.OPTIONAL, 3, 429).build()
			.post()
			.uri("/.management/listSessions?api-version=x")
			.header("Authorization", authorization)
			.exchange()
			.expectStatus()
			.isUnauthorized()
			.expectHeader()
			.exists("x-ms-error-code")
			.expectBody()
			.jsonPath("$.error.code")
			.isEqualTo("Unauthorized");
		assertThat(this.adapter.requests()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ ", SessionRequestValidationFailed, Missing required parameter 'identifier'",
			"abc, InvalidLengthOfSessionIdentifier, 4 and 128", "a b*c, SessionRequestValidationFailed, characters" })
	void anIdentifierHasRules(String identifier, String code, String message) {
		execute(pool(IdentifierRule.REQUIRED, 3, 429), (identifier != null) ? identifier : "").expectStatus()
			.isBadRequest()
			.expectBody()
			.jsonPath("$.error.code")
			.isEqualTo(code)
			.jsonPath("$.error.message")
			.value(String.class, (text) -> assertThat(text).contains(message));
	}

	@Test
	void withoutIdentifierALenientPoolGivesASessionThatEndsBehindIt() {
		WebTestClient pool = pool(IdentifierRule.OPTIONAL, 1, 429);
		for (int i = 0; i < 5; i++) {
			execute(pool, "").expectStatus().isOk();
			await().atMost(5, TimeUnit.SECONDS).until(() -> count(pool) == 0);
		}
		assertThat(this.ended).hasSize(5);
	}

	@Test
	void aClientThatLeavesAtAnyMomentLeavesNoSession() {
		Sessions sessions = sessions(IdentifierRule.OPTIONAL, 100, 429);
		for (int i = 0; i < 300; i++) {
			Disposable leaving = sessions.visit(null, (session) -> Mono.never()).subscribe();
			for (int spin = 0; spin < i * 20; spin++) {
				Thread.onSpinWait();
			}
			leaving.dispose();
		}
		await().atMost(5, TimeUnit.SECONDS).until(() -> sessions.list().isEmpty());
		for (int i = 0; i < 100; i++) {
			sessions.visit("identifier-" + i, (session) -> Mono.empty()).block(Duration.ofSeconds(5));
		}
	}

	@Test
	void aContainerThatDoesNotStartTakesNoPlace() {
		AtomicInteger starts = new AtomicInteger();
		Sessions sessions = new Sessions(properties(IdentifierRule.REQUIRED, 1, 429), () -> {
			if (starts.incrementAndGet() < 4) {
				throw new IllegalStateException("It does not start");
			}
			return new Box();
		}, new Stats(), new TestClock());
		this.open.add(sessions);
		await().atMost(5, TimeUnit.SECONDS)
			.until(() -> sessions.visit("abcd", (session) -> Mono.empty())
				.thenReturn(true)
				.onErrorReturn(false)
				.block(Duration.ofSeconds(5)));
	}

	@ParameterizedTest
	@ValueSource(ints = { 429, 404 })
	void aFullPoolRefuses(int status) {
		WebTestClient pool = pool(IdentifierRule.REQUIRED, 2, status);
		execute(pool, "abcd").expectStatus().isOk();
		execute(pool, "efgh").expectStatus().isOk();
		execute(pool, "ijkl").expectStatus().isEqualTo(status);
		execute(pool, "abcd").expectStatus().isOk();
		assertThat(count(pool)).isEqualTo(2);
	}

	@Test
	void aSessionIsDescribedListedAndStopped() {
		WebTestClient pool = pool(IdentifierRule.REQUIRED, 3, 429);
		execute(pool, "abcd");
		manage(pool, "getSession", "abcd").expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.identifier")
			.isEqualTo("abcd")
			.jsonPath("$.createdAt")
			.isEqualTo("2026-11-23T10:00:00Z")
			.jsonPath("$.expiresAt")
			.isEqualTo("2026-11-23T10:05:00Z");
		assertThat(count(pool)).isEqualTo(1);
		manage(pool, "stopSession", "abcd").expectStatus().isOk();
		assertThat(this.ended).hasSize(1);
		assertThat(count(pool)).isZero();
		manage(pool, "getSession", "abcd").expectStatus()
			.isBadRequest()
			.expectBody()
			.jsonPath("$.error.code")
			.isEqualTo("SessionWithIdentifierNotFound");
	}

	@Test
	void aManagementCallNeedsAnApiVersion() {
		pool(IdentifierRule.REQUIRED, 3, 429).post()
			.uri("/.management/stopSession?identifier=abcd")
			.exchange()
			.expectStatus()
			.isBadRequest()
			.expectBody()
			.jsonPath("$.error.code")
			.isEqualTo("MissingApiVersionParameter");
	}

	@Test
	void aSessionThatIsNotUsedIsLetGoAfterItsCooldown() {
		Sessions sessions = sessions(IdentifierRule.REQUIRED, 3, 429);
		sessions.visit("abcd", (session) -> Mono.empty()).block(Duration.ofSeconds(5));
		this.now = this.now.plusSeconds(299);
		sessions.visit("efgh", (session) -> Mono.empty()).block(Duration.ofSeconds(5));
		this.now = this.now.plusSeconds(2);
		await().atMost(5, TimeUnit.SECONDS).until(() -> sessions.list().size() == 1);
		assertThat(sessions.find("efgh")).isPresent();
		assertThat(this.ended).hasSize(1);
	}

	@Test
	void aContainerThatIsNotThereIsToldAsTheIngressDoes() {
		this.adapter.close();
		execute(pool(IdentifierRule.REQUIRED, 3, 429), "abcd").expectStatus()
			.isEqualTo(502)
			.expectBody(String.class)
			.value((text) -> assertThat(text).startsWith("upstream connect error"));
	}

	private WebTestClient pool(IdentifierRule rule, int maxSessions, int fullStatus) {
		return client(rule, maxSessions, fullStatus).defaultHeader("Authorization", "Bearer token").build();
	}

	private WebTestClient.Builder client(IdentifierRule rule, int maxSessions, int fullStatus) {
		Emulator emulator = Emulator.create(properties(rule, maxSessions, fullStatus), "token", Box::new,
				new TestClock());
		this.open.add(emulator);
		LoopbackServer server = LoopbackServer.start(emulator.routes());
		this.open.add(server);
		return WebTestClient.bindToServer()
			.baseUrl(server.address().toString())
			.responseTimeout(Duration.ofSeconds(10));
	}

	private Sessions sessions(IdentifierRule rule, int maxSessions, int fullStatus) {
		Sessions sessions = new Sessions(properties(rule, maxSessions, fullStatus), Box::new, new Stats(),
				new TestClock());
		this.open.add(sessions);
		return sessions;
	}

	private static EmulatorProperties properties(IdentifierRule rule, int maxSessions, int fullStatus) {
		return TestEmulators.properties("identifiers", rule.name(), "ready", "1", "max-sessions",
				Integer.toString(maxSessions), "full-status", Integer.toString(fullStatus));
	}

	private static WebTestClient.ResponseSpec execute(WebTestClient pool, String identifier) {
		return pool.post()
			.uri((uri) -> uri.path("/execute").queryParam("identifier", identifier).build())
			.bodyValue("body")
			.exchange();
	}

	private static WebTestClient.ResponseSpec manage(WebTestClient pool, String operation, String identifier) {
		return pool.post().uri("/.management/" + operation + "?api-version=x&identifier=" + identifier).exchange();
	}

	private static int count(WebTestClient pool) {
		byte[] body = pool.post()
			.uri("/.management/listSessions?skip=0&api-version=x")
			.exchange()
			.expectBody()
			.returnResult()
			.getResponseBody();
		String text = new String((body != null) ? body : new byte[0], StandardCharsets.UTF_8);
		return Integer.parseInt(text.replaceAll("(?s).*\"count\":(\\d+).*", "$1"));
	}

	private final class Box implements Container {

		@Override
		public URI address() {
			return SessionPoolApiTests.this.adapter.address();
		}

		@Override
		public void close() {
			SessionPoolApiTests.this.ended.add(address());
		}

	}

	private final class TestClock extends Clock {

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

		@Override
		public Instant instant() {
			return SessionPoolApiTests.this.now;
		}

	}

}
