package dev.sluice.emulator;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.sluice.RawServer;
import dev.sluice.emulator.TestEmulators.TestEmulator;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.test.web.reactive.server.WebTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class FaultsTests {

	private static final String VERDICT = "{\"run\":{\"stdout\":\"42\\n\"}}";

	private static final JsonMapper JSON = new JsonMapper();

	private final RawServer container = new RawServer().answers(200, "Content-Type: application/json\n", VERDICT);

	private final List<AutoCloseable> open = new ArrayList<>(List.of(this.container));

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable closeable : this.open) {
			closeable.close();
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			none                    | 200 | "42\\n"               | 1
			unauthorized            | 401 | "code":"Unauthorized" | 0
			forbidden               | 403 |                       | 0
			identifier-missing      | 400 | Missing required parameter 'identifier' | 0
			request-refused         | 400 | SessionRequestNotSupported | 0
			not-found               | 404 | {"message":"Not Found"} | 0
			full                    | 429 | Error happened when allocating pod | 0
			full-404                | 404 | Error happened when allocating pod | 0
			redirect                | 307 |                       | 0
			not-ready               | 503 | upstream connect error | 0
			bad-gateway             | 502 | upstream connect error | 1
			server-error            | 500 |                       | 1
			gateway-timeout; after=300ms | 504 | stream timeout  | 1
			delivered-twice         | 200 | "42\\n"               | 2
			insufficient-storage    | 507 |                       | 2
			slow                    | 200 | "42\\n"               | 1
			slow; after=700ms       | 200 | "42\\n"               | 1
			html                    | 200 | <html>                | 1
			not-json                | 200 | it said 42            | 1
			""")
	void aRequestMayAskForAFaultThatIsAnAnswer(String fault, int status, String body, int delivered) {
		TestEmulator pool = pool("faults.after", "200ms");
		long before = System.nanoTime();
		String seen = execute(client(pool), fault).expectStatus()
			.isEqualTo(status)
			.expectBody(String.class)
			.returnResult()
			.getResponseBody();
		Duration took = Duration.ofNanos(System.nanoTime() - before);
		switch (fault) {
			case "gateway-timeout; after=300ms" -> assertThat(took).isGreaterThanOrEqualTo(Duration.ofMillis(300));
			case "slow" -> assertThat(took).isGreaterThanOrEqualTo(Duration.ofMillis(200));
			case "slow; after=700ms" -> assertThat(took).isGreaterThanOrEqualTo(Duration.ofMillis(700));
			default -> assertThat(took).isLessThan(Duration.ofSeconds(5));
		}
		assertThat((seen != null) ? seen : "").contains((body != null) ? body.replace("\\\\", "\\") : "");
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.container.count("/execute") == delivered);
		await().atMost(5, TimeUnit.SECONDS)
			.untilAsserted(() -> assertThat(stats(pool).at("/executions/running").intValue()).isZero());
	}

	@ParameterizedTest
	@CsvSource({ "reset-before-delivery, true, 0, 0", "reset-after-delivery, true, 0, 1",
			"reset-after-headers, true, 1, 1", "half-body, false, 1, 1" })
	void aRequestMayAskForAConnectionThatEnds(String fault, boolean reset, int heads, int delivered) throws Exception {
		TestEmulator pool = pool();
		StringBuilder seen = new StringBuilder();
		boolean wasReset = read(pool, fault, seen);
		assertThat(wasReset).as(seen.toString()).isEqualTo(reset);
		assertThat(seen.toString().startsWith("HTTP/1.1 200")).isEqualTo(heads == 1);
		assertThat(seen.toString()).doesNotContain(VERDICT);
		if (fault.equals("half-body")) {
			assertThat(seen.toString()).endsWith(VERDICT.substring(0, VERDICT.length() / 2));
		}
		assertThat(this.container.count("/execute")).isEqualTo(delivered);
		await().atMost(5, TimeUnit.SECONDS)
			.untilAsserted(() -> assertThat(stats(pool).at("/executions/running").intValue()).isZero());
	}

	@Test
	void aHangEndsWithTheClient() throws Exception {
		TestEmulator pool = pool();
		try (Socket client = send(pool, "hang")) {
			await().atMost(5, TimeUnit.SECONDS).until(() -> this.container.count("/execute") == 1);
			client.setSoTimeout(300);
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> client.getInputStream().read())
				.withMessageContaining("timed out");
			assertThat(stats(pool).at("/executions/running").intValue()).isEqualTo(1);
		}
		await().atMost(5, TimeUnit.SECONDS)
			.untilAsserted(() -> assertThat(stats(pool).at("/executions/running").intValue()).isZero());
	}

	@ParameterizedTest
	@EnumSource(Fault.class)
	void eachFaultGoesByItsName(Fault fault) {
		assertThat(Fault.named(fault.text())).isEqualTo(fault);
	}

	@ParameterizedTest
	@ValueSource(strings = { "nonsense", "slow; after=tomorrow", "slow, full", "" })
	void aFaultThatThereIsNotIsRefused(String fault) {
		execute(client(pool()), fault).expectStatus()
			.isBadRequest()
			.expectBody()
			.jsonPath("$.error.code")
			.isEqualTo("UnknownFault");
		assertThat(this.container.count("/execute")).isZero();
	}

	@Test
	void aScriptBefallsTheNextExecutionsInItsOrder() {
		TestEmulator pool = pool();
		WebTestClient client = client(pool);
		assertThat(
				put(client, "faults",
						"{\"script\":[{\"fault\":\"full\",\"times\":2},{\"fault\":\"none\"},"
								+ "{\"fault\":\"slow\",\"after\":\"20ms\"},{\"fault\":\"forbidden\"}]}"))
			.isEqualTo(204);
		assertThat(status(client.get().uri("/api/v2/runtimes").exchange())).isEqualTo(200);
		for (int status : new int[] { 429, 429, 200, 200, 403, 200 }) {
			assertThat(status(execute(client, null))).isEqualTo(status);
		}
		assertThat(stats(pool).at("/faults").toString()).isEqualTo("{\"forbidden\":1,\"full\":2,\"slow\":1}");
	}

	@Test
	void ratesBefallTheirShareOfExecutions() {
		TestEmulator pool = pool("faults.rates.full", "0.25", "faults.rates.not-ready", "0.25");
		WebTestClient client = client(pool);
		for (int i = 0; i < 200; i++) {
			assertThat(status(execute(client, null))).isIn(200, 429, 503);
		}
		// More than six standard deviations off would be one run of more than we shall
		// ever make.
		assertThat(stats(pool).at("/faults/full").intValue()).isBetween(10, 110);
		assertThat(stats(pool).at("/faults/not-ready").intValue()).isBetween(10, 110);
		assertThat(put(client, "faults", "{\"rates\":{\"full-404\":1}}")).isEqualTo(204);
		assertThat(status(execute(client, null))).isEqualTo(404);
		assertThat(put(client, "faults", "{}")).isEqualTo(204);
		assertThat(status(execute(client, null))).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "[]", "{\"rates\":{\"full\":2}}", "{\"rates\":{\"full\":0.6,\"slow\":0.6}}",
			"{\"rates\":{\"full\":null}}", "{\"rates\":{\"nonsense\":1}}", "{\"script\":[{}]}", "{\"other\":1}",
			"{\"script\":[{\"fault\":\"full\",\"times\":0}]}", "{\"script\":[{\"fault\":\"full\",\"times\":100001}]}" })
	void aPlanThatIsNoneIsRefusedAndChangesNothing(String plan) {
		TestEmulator pool = pool("faults.rates.full", "1");
		WebTestClient client = client(pool);
		assertThat(put(client, "faults", plan)).isEqualTo(400);
		assertThat(status(execute(client, null))).isEqualTo(429);
	}

	@Test
	void aRateOfNoFaultStopsTheStart() {
		assertThatExceptionOfType(BindException.class)
			.isThrownBy(() -> TestEmulators.properties("faults.rates.nonsense", "1"));
	}

	@Test
	void aTokenThatWasChangedHasExpired() {
		TestEmulator pool = pool();
		WebTestClient client = client(pool);
		assertThat(put(client, "token", "{\"token\":\"\"}")).isEqualTo(400);
		assertThat(status(execute(client, null))).isEqualTo(200);
		assertThat(put(client, "token", "{\"token\":\"another\"}")).isEqualTo(204);
		assertThat(status(execute(client, null))).isEqualTo(401);
		assertThat(status(execute(client(pool, "another"), null))).isEqualTo(200);
		assertThat(status(client(pool, "another").get().uri("/.emulator/stats").exchange())).isEqualTo(401);
		assertThat(stats(pool).at("/executions/delivered").intValue()).isEqualTo(2);
	}

	@Test
	void sessionsExecutionsAndDuplicatesAreCounted() {
		TestEmulator pool = pool("max-sessions", "2", "allocation-time", "30ms");
		WebTestClient client = client(pool);
		for (String identifier : List.of("abcd", "abcd", "efgh", "ijkl")) {
			assertThat(status(client.post()
				.uri("/python/execute?identifier=" + identifier)
				.header("Sluice-Execution", identifier)
				.bodyValue("{}")
				.exchange())).isEqualTo(identifier.equals("ijkl") ? 429 : 200);
		}
		assertThat(status(client.post().uri("/.management/stopSession?api-version=x&identifier=abcd").exchange()))
			.isEqualTo(200);
		assertThat(stats(pool).at("/sessions").toString())
			.isEqualTo("{\"now\":1,\"peak\":2,\"allocated\":2,\"stopped\":1,\"cooled\":0,\"refused\":1}");
		assertThat(stats(pool).at("/executions").toString())
			.isEqualTo("{\"received\":4,\"delivered\":3,\"duplicates\":1,\"running\":0,\"peak\":1}");
	}

	@Test
	void aSessionThatIsStoppedWhileItIsAllocatedDoesNotStay() {
		TestEmulator pool = pool("allocation-time", "500ms");
		Disposable leaving = Mono
			.fromCallable(() -> status(client(pool).post().uri("/execute?identifier=abcd").bodyValue("{}").exchange()))
			.subscribeOn(Schedulers.boundedElastic())
			.subscribe();
		await().atMost(5, TimeUnit.SECONDS)
			.until(() -> status(client(pool).post()
				.uri("/.management/stopSession?api-version=x&identifier=abcd")
				.exchange()) == 200);
		await().atMost(5, TimeUnit.SECONDS)
			.untilAsserted(() -> assertThat(stats(pool).at("/sessions/allocated").intValue()).isPositive());
		await().atMost(5, TimeUnit.SECONDS)
			.untilAsserted(() -> assertThat(stats(pool).at("/sessions/now").intValue()).isZero());
		leaving.dispose();
	}

	@Test
	void aContainerThatBreaksItsAnswerOffDoesNotEndItWell() throws Exception {
		String part = "{\"run\":{\"stdout\":\"" + "4".repeat(100_000);
		this.container.answers("HTTP/1.1 200 OK\nContent-Type: application/json\nTransfer-Encoding: chunked\n\n"
				+ Integer.toHexString(part.length()) + "\r\n" + part + "\r\n", RawServer.Then.RESET_LATER);
		StringBuilder seen = new StringBuilder();
		read(pool(), "none", seen);
		assertThat(seen.toString()).startsWith("HTTP/1.1 200").doesNotEndWith("0\r\n\r\n");
	}

	@Test
	void aScriptMeetsWhomThePoolLetsIn() {
		TestEmulator pool = pool("identifiers", "required");
		WebTestClient client = client(pool);
		assertThat(put(client, "faults", "{\"script\":[{\"fault\":\"forbidden\"}]}")).isEqualTo(204);
		assertThat(status(execute(client, null))).isEqualTo(400);
		assertThat(status(client.post().uri("/execute?identifier=abcd").bodyValue("{}").exchange())).isEqualTo(403);
	}

	@Test
	void anAllocationTakesItsTime() {
		WebTestClient client = client(pool("allocation-time", "70ms"));
		long before = System.nanoTime();
		client.post()
			.uri("/execute?identifier=abcd")
			.bodyValue("{}")
			.exchange()
			.expectHeader()
			.valueEquals("x-ms-allocation-time", "70")
			.expectBody()
			.returnResult();
		assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(70));
		client.post()
			.uri("/execute?identifier=abcd")
			.bodyValue("{}")
			.exchange()
			.expectHeader()
			.valueEquals("x-ms-allocation-time", "0")
			.expectBody()
			.returnResult();
	}

	@Test
	void theIngressWaitsForSoLong() {
		this.container.answers("", RawServer.Then.HANG);
		execute(client(pool("ingress-timeout", "100ms")), null).expectStatus()
			.isEqualTo(504)
			.expectBody(String.class)
			.isEqualTo("stream timeout");
	}

	@Test
	void theIngressCutsAnAnswerThatOnlyDrips() throws Exception {
		try (MockWebServer dripping = new MockWebServer()) {
			dripping.start();
			dripping.enqueue(new MockResponse.Builder().addHeader("Content-Type", "application/json")
				.body("4".repeat(400))
				.throttleBody(10, 50, TimeUnit.MILLISECONDS)
				.build());
			TestEmulator pool = TestEmulators.before(dripping.url("/").uri().resolve(""), "ingress-timeout", "400ms");
			this.open.addFirst(pool);
			long before = System.nanoTime();
			StringBuilder seen = new StringBuilder();
			read(pool, "none", seen);
			assertThat(Duration.ofNanos(System.nanoTime() - before)).isBetween(Duration.ofMillis(400),
					Duration.ofMillis(1700));
			assertThat(seen.toString()).startsWith("HTTP/1.1 200").contains("4444").doesNotContain("4".repeat(400));
			await().atMost(5, TimeUnit.SECONDS)
				.untilAsserted(() -> assertThat(stats(pool).at("/executions/running").intValue()).isZero());
		}
	}

	@Test
	void aClientsIdentifierMayLookLikeOneOfOurs() {
		TestEmulator pool = pool();
		for (int i = 0; i < 2; i++) {
			assertThat(status(client(pool).post().uri("/execute?identifier=anonymous-abcd").bodyValue("{}").exchange()))
				.isEqualTo(200);
		}
		assertThat(status(execute(client(pool), null))).isEqualTo(200);
		await().atMost(5, TimeUnit.SECONDS)
			.untilAsserted(() -> assertThat(stats(pool).at("/sessions/now").intValue()).isOne());
		assertThat(stats(pool).at("/sessions/allocated").intValue()).isEqualTo(2);
	}

	@Test
	void aPoolMayWantAnIdentifierOnlyWithAnApiVersion() {
		WebTestClient client = client(pool("identifiers", "required-with-api-version"));
		assertThat(status(client.post().uri("/execute").bodyValue("{}").exchange())).isEqualTo(200);
		assertThat(status(client.post().uri("/execute?api-version=x").bodyValue("{}").exchange())).isEqualTo(400);
		assertThat(status(client.post().uri("/execute?api-version=x&identifier=abcd").bodyValue("{}").exchange()))
			.isEqualTo(200);
	}

	private TestEmulator pool(String... settings) {
		TestEmulator pool = TestEmulators.before(this.container.address(), settings);
		this.open.addFirst(pool);
		return pool;
	}

	private static WebTestClient client(TestEmulator pool) {
		return client(pool, "test-token");
	}

	private static WebTestClient client(TestEmulator pool, String token) {
		return WebTestClient.bindToServer()
			.baseUrl(pool.address().toString())
			.defaultHeader("Authorization", "Bearer " + token)
			.responseTimeout(Duration.ofSeconds(10))
			.build();
	}

	/** The status, once the whole answer has been read. */
	private static int status(WebTestClient.ResponseSpec answer) {
		return answer.expectBody().returnResult().getStatus().value();
	}

	private static WebTestClient.ResponseSpec execute(WebTestClient client, String fault) {
		return client.post().uri("/python/execute").headers((headers) -> {
			if (fault != null) {
				headers.set("X-Emulator-Fault", fault);
			}
		}).bodyValue("{}").exchange();
	}

	private static int put(WebTestClient client, String what, String json) {
		return status(client.put().uri("/.emulator/" + what).bodyValue(json).exchange());
	}

	private static JsonNode stats(TestEmulator pool) {
		byte[] body = client(pool).get()
			.uri("/.emulator/stats")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.returnResult()
			.getResponseBody();
		return JSON.readTree((body != null) ? body : new byte[0]);
	}

	/** Whether the connection was reset; what was read before is added. */
	private static boolean read(TestEmulator pool, String fault, StringBuilder seen) throws IOException {
		try (Socket socket = send(pool, fault)) {
			socket.setSoTimeout(5000);
			int next = socket.getInputStream().read();
			while (next >= 0) {
				seen.append((char) next);
				next = socket.getInputStream().read();
			}
			return false;
		}
		catch (SocketException ex) {
			return true;
		}
	}

	private static Socket send(TestEmulator pool, String fault) throws IOException {
		URI address = pool.address();
		Socket socket = new Socket(address.getHost(), address.getPort());
		socket.getOutputStream()
			.write(("POST /python/execute HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer test-token\r\n"
					+ "Content-Length: 2\r\nX-Emulator-Fault: " + fault + "\r\n\r\n{}")
				.getBytes(StandardCharsets.UTF_8));
		return socket;
	}

}
