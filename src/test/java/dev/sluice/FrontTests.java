package dev.sluice;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

import dev.sluice.RawServer.Then;
import dev.sluice.gateway.GatewayProcess;
import dev.sluice.http.HeldBytes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

/**
 * What a gateway's server adds to what its API says.
 */
@TestInstance(Lifecycle.PER_CLASS)
class FrontTests {

	private static final String PRINT_42 = "{\"language\":\"python\",\"version\":\"*\",\"files\":[{\"content\":\"print(42)\"}]}";

	private static final String JSON = "Content-Type: application/json\n";

	private static final String VERDICT = "{\"run\":{\"stdout\":\"%s\"},\"language\":\"python\",\"version\":\"3.12.1\"}";

	private final HttpClient client = HttpClient.newHttpClient();

	private final Processes processes = new Processes();

	private final RawServer pool = this.processes.keep(new RawServer())
		.answersForRuntimes("[{\"language\":\"python\",\"version\":\"3.12.1\",\"aliases\":[]}]");

	private final ConfigurableApplicationContext process = this.processes
		.keep(Processes.process(GatewayProcess.class, GatewayProcess.DEFAULTS, Processes.pool(this.pool.address())));

	/** One with more settings. */
	private final ConfigurableApplicationContext other = this.processes
		.keep(Processes.process(GatewayProcess.class, GatewayProcess.DEFAULTS,
				Processes.pool(this.pool.address(),
						"--sluice.http.cors.origins=https://app.example,https://other.example",
						"--sluice.metrics.http-requests=true")));

	private final URI gateway = Processes.address(this.process);

	@AfterAll
	void close() {
		this.processes.close();
		this.client.close();
	}

	@Test
	void eachAnswerHasSecurityHeadersAndNoneNamesTheServer() throws Exception {
		this.pool.answers(200, JSON, VERDICT.formatted("42"));
		List<HttpResponse<byte[]>> answers = new ArrayList<>(List.of(execute(), send(post(this.gateway, "{}"))));
		for (String path : new String[] { "/", "/api/v2/runtimes", "/nope" }) {
			answers.add(send(HttpRequest.newBuilder(this.gateway.resolve(path))));
		}
		for (HttpResponse<byte[]> answer : answers) {
			assertThat(answer.headers().map())
				.containsKeys("x-content-type-options", "cache-control", "content-security-policy", "referrer-policy")
				.doesNotContainKeys("server", "x-powered-by", "access-control-allow-origin");
		}
	}

	@Test
	void anAnswerBearsItsExecutionsIdAndSaysWhereItsTimeWent() throws Exception {
		this.pool.answers(200, JSON, VERDICT.formatted("42"));
		HttpResponse<byte[]> answer = execute();
		assertThat(answer.statusCode()).isEqualTo(200);
		String id = answer.headers().firstValue("X-Execution-Id").orElseThrow();
		assertThat(this.pool.requests()).anyMatch((request) -> request.contains("Sluice-Execution: " + id));
		assertThat(answer.headers().firstValue("Server-Timing").orElseThrow())
			.matches("admission;dur=\\d+\\.\\d, token;dur=\\d+\\.\\d, pool;dur=\\d+\\.\\d, total;dur=\\d+\\.\\d");
	}

	@Test
	void aShortAnswerLeavesInOnePiece() throws Exception {
		String verdict = VERDICT.formatted("42");
		String chunks = Integer.toHexString(verdict.length()) + "\r\n" + verdict + "\r\n0\r\n\r\n";
		this.pool.answers("HTTP/1.1 200 OK\n" + JSON + "Transfer-Encoding: chunked\n\n" + chunks, Then.KEEP);
		HttpResponse<byte[]> answer = execute();
		assertThat(text(answer)).isEqualTo(verdict);
		assertThat(answer.headers().firstValueAsLong("Content-Length")).hasValue(verdict.length());
	}

	@Test
	void aFailureDoesSoTooAsFarAsItCame() throws Exception {
		this.pool.answers("HTTP/1.1 200 OK\n" + JSON + "Content-Length: 999\n\n{\"run\":{", Then.RESET);
		HttpResponse<byte[]> failure = execute();
		assertThat(failure.statusCode()).isEqualTo(502);
		String id = failure.headers().firstValue("X-Execution-Id").orElseThrow();
		assertThat(text(failure)).contains("\"trace_id\":\"" + id + "\"");
		assertThat(failure.headers().firstValue("Server-Timing").orElseThrow()).contains("pool;dur=", "total;dur=");
		HttpResponse<byte[]> refused = send(post(this.gateway, "{}"));
		assertThat(refused.statusCode()).isEqualTo(400);
		assertThat(refused.headers().firstValue("X-Execution-Id")).isPresent();
		assertThat(refused.headers().firstValue("Server-Timing").orElseThrow()).matches("total;dur=\\d+\\.\\d");
	}

	@Test
	void aLongAnswerIsPackedForWhoTakesIt() throws Exception {
		String verdict = VERDICT.formatted("0123456789".repeat(200_000));
		this.pool.answers(200, JSON, verdict);
		HttpResponse<byte[]> packed = send(post(this.gateway, PRINT_42).header("Accept-Encoding", "gzip"));
		assertThat(packed.headers().firstValue("Content-Encoding")).contains("gzip");
		try (InputStream bytes = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
			assertThat(new String(bytes.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(verdict);
		}
		HttpResponse<byte[]> plain = execute();
		assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
		assertThat(text(plain)).isEqualTo(verdict);
	}

	@Test
	void soIsAWholeOneUnlessItIsShort() throws Exception {
		String verdict = VERDICT.formatted("0123456789".repeat(2000));
		this.pool.answers(200, JSON, verdict);
		HttpResponse<byte[]> packed = send(post(this.gateway, PRINT_42).header("Accept-Encoding", "gzip"));
		assertThat(packed.headers().firstValue("Content-Encoding")).contains("gzip");
		try (InputStream bytes = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
			assertThat(new String(bytes.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(verdict);
		}
		String brief = VERDICT.formatted("0123456789".repeat(100));
		this.pool.answers(200, JSON, brief);
		HttpResponse<byte[]> plain = send(post(this.gateway, PRINT_42).header("Accept-Encoding", "gzip"));
		assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
		assertThat(text(plain)).isEqualTo(brief);
	}

	@Test
	void aPackedAnswerThatBreaksIsABrokenConnection() throws Exception {
		this.pool.answers("HTTP/1.1 200 OK\n" + JSON + "Content-Length: 9999999\n\n{\"run\":{\"stdout\":\""
				+ "0123456789".repeat(200_000), Then.RESET_LATER);
		assertThatIOException().isThrownBy(() -> send(post(this.gateway, PRINT_42).header("Accept-Encoding", "gzip")));
		assertThatIOException().isThrownBy(() -> execute());
	}

	@Test
	void pagesMayCallThatAreNamed() throws Exception {
		URI open = Processes.address(this.other);
		HttpResponse<byte[]> preflight = send(HttpRequest.newBuilder(open.resolve("/api/v2/execute"))
			.method("OPTIONS", HttpRequest.BodyPublishers.noBody())
			.header("Origin", "https://app.example")
			.header("Access-Control-Request-Method", "POST"));
		assertThat(preflight.statusCode()).isEqualTo(204);
		assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin")).contains("https://app.example");
		HttpResponse<byte[]> failure = send(post(open, "{}").header("Origin", "https://other.example"));
		assertThat(failure.statusCode()).isEqualTo(400);
		assertThat(failure.headers().firstValue("Access-Control-Allow-Origin")).contains("https://other.example");
	}

	@Test
	void springObservesExecutionsWhereThatIsAskedFor() throws Exception {
		this.pool.answers(200, JSON, VERDICT.formatted("42"));
		assertThat(send(post(Processes.address(this.other), PRINT_42)).statusCode()).isEqualTo(200);
		URI meter = meter(this.other, "http.server.requests?tag=method:POST&tag=status:200");
		await().atMost(5, TimeUnit.SECONDS).until(() -> send(HttpRequest.newBuilder(meter)).statusCode() == 200);
	}

	@Test
	void whatIsHeldIsAMeter() throws Exception {
		URI meter = meter(this.process, "sluice.http.held-bytes");
		// What others held goes with the ends of their connections.
		await().atMost(5, TimeUnit.SECONDS)
			.until(() -> text(send(HttpRequest.newBuilder(meter))).contains("\"value\":0.0"));
		assertThat(this.process.getBean(HeldBytes.class).tryReserve(42)).isTrue();
		assertThat(text(send(HttpRequest.newBuilder(meter)))).contains("\"value\":42.0");
		this.process.getBean(HeldBytes.class).release(42);
	}

	private static URI meter(ConfigurableApplicationContext process, String name) {
		return URI.create("http://127.0.0.1:" + process.getEnvironment().getProperty("local.management.port")
				+ "/actuator/metrics/" + name);
	}

	private HttpResponse<byte[]> execute() throws IOException, InterruptedException {
		return send(post(this.gateway, PRINT_42));
	}

	private HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
		return this.client.send(request.timeout(Duration.ofSeconds(20)).build(),
				HttpResponse.BodyHandlers.ofByteArray());
	}

	private static HttpRequest.Builder post(URI gateway, String body) {
		return HttpRequest.newBuilder(gateway.resolve("/api/v2/execute"))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body));
	}

	private static String text(HttpResponse<byte[]> answer) {
		return new String(answer.body(), StandardCharsets.UTF_8);
	}

}
