package dev.sluice.gateway;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.Processes;
import dev.sluice.RawServer;
import dev.sluice.http.StartupBlock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a gateway shows of its executions, with all of it switched on.
 */
@TestInstance(Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
class SeenTests {

	private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

	private static final String JSON = "Content-Type: application/json\n";

	private static final String VERDICT = "{\"run\":{\"stdout\":\"said-it\"}}";

	private static final String BODY = "{\"language\":\"python\",\"version\":\"*\",\"files\":[{\"content\":\"the-code\"}],"
			+ "\"stdin\":\"the-input\",\"args\":[\"the-args\"]}";

	private final HttpClient client = HttpClient.newHttpClient();

	private final Processes processes = new Processes();

	private final RawServer pool = this.processes.keep(new RawServer())
		.answersForRuntimes("[{\"language\":\"python\",\"version\":\"3.12.1\",\"aliases\":[]}]");

	private final List<Span> spans = new CopyOnWriteArrayList<>();

	private final AtomicInteger metrics = new AtomicInteger();

	private final HttpServer collector = collector();

	private final ConfigurableApplicationContext process = this.processes
		.keep(Processes.process(GatewayProcess.class, GatewayProcess.DEFAULTS, Processes.pool(this.pool.address(),
				"--sluice.retry.attempts=1", "--logging.structured.format.console=ecs",
				"--sluice.tracing.interval=20ms", "--sluice.metrics.interval=500ms",
				"--sluice.metrics.endpoint=http://127.0.0.1:" + this.collector.getAddress().getPort() + "/v1/metrics",
				"--sluice.tracing.headers.x-key=secret-key", "--sluice.metrics.headers.x-key=secret-key",
				"--sluice.tracing.endpoint=http://127.0.0.1:" + this.collector.getAddress().getPort() + "/v1/traces")));

	private final URI gateway = Processes.address(this.process);

	@AfterAll
	void close() {
		this.processes.close();
		// What it is set by outlives the process, and other tests read what is logged.
		System.clearProperty("CONSOLE_LOG_STRUCTURED_FORMAT");
		this.collector.stop(0);
		this.client.close();
	}

	@Test
	void anExecutionIsOneLineOneSpanAndOneOfTheMeters(CapturedOutput output) throws Exception {
		this.pool.answers(200, JSON, VERDICT);
		double before = meter("sluice_executions_seconds_count", "outcome=\"verdict\"");
		HttpResponse<String> answer = send(execute().header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01")
			.header("tracestate", "congo=t61rcWkgMzE")
			.header("Authorization", "Bearer the-secret")
			.header("X-API-Key", "the-secret"));
		assertThat(answer.statusCode()).isEqualTo(200);
		String id = answer.headers().firstValue("X-Execution-Id").orElseThrow();

		JsonNode line = line(output, id);
		assertThat(line.at("/trace/id").asString()).isEqualTo(TRACE);
		assertThat(line.at("/sluice/language").asString()).isEqualTo("python");
		assertThat(line.at("/sluice/pool").asString()).isEqualTo("chain");
		assertThat(line.at("/sluice/outcome").asString()).isEqualTo("verdict");
		assertThat(line.at("/sluice/delivery").asString()).isEqualTo("verdict");
		assertThat(line.at("/sluice/attempts").asInt()).isEqualTo(1);
		assertThat(line.at("/sluice/received_bytes").asInt()).isEqualTo(BODY.length());
		assertThat(line.at("/sluice/sent_bytes").asInt()).isEqualTo(VERDICT.length());
		assertThat(line.at("/sluice/total_ms").asDouble())
			.isGreaterThanOrEqualTo(line.at("/sluice/pool_ms").asDouble());
		assertThat(output.getAll()).doesNotContain("the-code", "the-input", "the-args", "the-secret", "secret-key",
				"chain-token", "said-it");

		Span span = span(id);
		assertThat(hex(span.getTraceId().toByteArray())).isEqualTo(TRACE);
		assertThat(hex(span.getParentSpanId().toByteArray())).isEqualTo("00f067aa0ba902b7");
		assertThat(attributes(span)).containsEntry("sluice.outcome", "verdict")
			.containsEntry("sluice.language", "python")
			.containsKeys("sluice.pool.ms", "sluice.admission.ms", "sluice.token.ms");
		assertThat(span.getEndTimeUnixNano()).isGreaterThan(span.getStartTimeUnixNano());
		String asked = asked(id);
		assertThat(asked).contains("traceparent: 00-" + TRACE + "-" + hex(span.getSpanId().toByteArray()) + "-01\r\n",
				"tracestate: congo=t61rcWkgMzE\r\n");

		assertThat(meter("sluice_executions_seconds_count", "outcome=\"verdict\"")).isEqualTo(before + 1);
	}

	@Test
	void aTraceBeginsWithAnExecutionThatHasNone(CapturedOutput output) throws Exception {
		this.pool.answers(200, JSON, VERDICT);
		String id = send(execute().header("traceparent", "00-nonsense")).headers()
			.firstValue("X-Execution-Id")
			.orElseThrow();
		Span span = span(id);
		assertThat(hex(span.getTraceId().toByteArray())).isEqualTo(id);
		assertThat(span.getParentSpanId().isEmpty()).isTrue();
		assertThat(asked(id)).contains("traceparent: 00-" + id + "-" + hex(span.getSpanId().toByteArray()) + "-01\r\n")
			.doesNotContain("tracestate");
		assertThat(line(output, id).at("/trace/id").asString()).isEqualTo(id);
	}

	@Test
	void aTraceThatItsClientDoesNotRecordIsNotRecorded(CapturedOutput output) throws Exception {
		this.pool.answers(200, JSON, VERDICT);
		String id = send(execute().header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-00")).headers()
			.firstValue("X-Execution-Id")
			.orElseThrow();
		assertThat(asked(id)).containsPattern("traceparent: 00-" + TRACE + "-[0-9a-f]{16}-00\r\n");
		line(output, id);
		String later = send(execute()).headers().firstValue("X-Execution-Id").orElseThrow();
		span(later);
		assertThat(this.spans).noneMatch((span) -> id.equals(attributes(span).get("sluice.execution.id")));
	}

	@Test
	void aFailureIsToldByItsCode(CapturedOutput output) throws Exception {
		this.pool.answers(403, JSON, "{}");
		HttpResponse<String> failure = send(execute());
		assertThat(failure.statusCode()).isEqualTo(502);
		String id = failure.headers().firstValue("X-Execution-Id").orElseThrow();
		assertThat(line(output, id).at("/sluice/code").asString()).isEqualTo("pool-forbidden");
		assertThat(line(output, id).at("/sluice/outcome").asString()).isEqualTo("failed");
		assertThat(span(id).getStatus().getCodeValue()).isEqualTo(2);
		assertThat(meter("sluice_executions_seconds_count", "code=\"pool-forbidden\"")).isPositive();
	}

	@Test
	void aLanguageThatNobodyKnowsIsNoLabel(CapturedOutput output) throws Exception {
		HttpResponse<String> refused = send(HttpRequest.newBuilder(execute().build(), (name, value) -> true)
			.POST(HttpRequest.BodyPublishers.ofString(BODY.replace("python", "no\\nsuch"))));
		assertThat(refused.statusCode()).isEqualTo(400);
		String id = refused.headers().firstValue("X-Execution-Id").orElseThrow();
		assertThat(line(output, id).at("/sluice/language").asString()).isEqualTo("no?such");
		assertThat(meter("sluice_executions_seconds_count", "code=\"invalid-request\"", "outcome=\"refused\""))
			.isPositive();
		assertThat(scrape()).doesNotContain("such");
	}

	@Test
	void theMetersHaveTheirNamesAndNoOthers() throws Exception {
		this.pool.answers(200, JSON, VERDICT);
		send(execute());
		// An answer may be there before it is over.
		await().atMost(10, TimeUnit.SECONDS).until(() -> scrape().contains("sluice_executions_in_flight 0"));
		assertThat(scrape())
			.contains("sluice_admission_waiting ", "sluice_executions_received_bytes_total ",
					"sluice_executions_sent_bytes_total ", "sluice_executions_verdicts_total{language=\"python\"}",
					"sluice_execution_stage_seconds_bucket{outcome=\"verdict\",stage=\"admission\",le=\"0.001\"}",
					"stage=\"token\"", "stage=\"pool\"", "stage=\"total\"", "sluice_pool_running{pool=\"chain\"}",
					"sluice_pool_sessions_leased{pool=\"chain\"}", "sluice_pool_calls_total{pool=\"chain\"}",
					"sluice_pool_repeats_total{pool=\"chain\"}", "sluice_pool_repeats_left{pool=\"chain\"} ",
					"sluice_pool_breaker_state{pool=\"chain\",state=\"closed\"} 1",
					"sluice_pool_token_age_seconds{pool=\"chain\"}",
					"sluice_pool_token_left_seconds{pool=\"chain\"} NaN", "sluice_log_dropped_lines_total 0",
					"sluice_http_held_bytes ", "jvm_memory_used_bytes", "netty_allocator_memory_used")
			// It is switched off, as what it costs each request is more than what it
			// says.
			.doesNotContain("http_server_requests");
	}

	@Test
	void theMetersAreThoseOfTheReadme() throws Exception {
		this.pool.answers(200, JSON, VERDICT);
		send(execute());
		MeterRegistry registry = this.process.getBean(MeterRegistry.class);
		await().atMost(10, TimeUnit.SECONDS).until(() -> registry.find("sluice.executions").meter() != null);
		Map<String, Set<String>> labels = new TreeMap<>();
		registry.getMeters()
			.stream()
			.map(Meter::getId)
			.filter((id) -> id.getName().startsWith("sluice."))
			.forEach((id) -> labels.computeIfAbsent(id.getName(), (name) -> new TreeSet<>())
				.addAll(id.getTags().stream().map(Tag::getKey).toList()));
		Set<String> told = new TreeSet<>();
		for (String[] row : rowsOfTheReadme()) {
			Set<String> itsLabels = new TreeSet<>();
			for (String name : names(row[1])) {
				Set<String> meters = meters(name, labels.keySet());
				assertThat(meters).as(name).isNotEmpty();
				meters.forEach((meter) -> itsLabels.addAll(labels.get(meter)));
				told.addAll(meters);
			}
			assertThat(names(row[2])).as("The labels of %s", row[1]).containsExactlyInAnyOrderElementsOf(itsLabels);
		}
		assertThat(told).isEqualTo(labels.keySet());
	}

	@Test
	void nothingSecretIsInWhatIsSaidAtTheStart(CapturedOutput output) {
		this.process.getBean(StartupBlock.class)
			.onApplicationEvent(
					new ApplicationReadyEvent(new SpringApplication(), new String[0], this.process, Duration.ZERO));
		assertThat(output.getOut())
			.contains("Sluice gateway", "chain at " + this.pool.address(), "credential static",
					"settings   the command line")
			.doesNotContain("chain-token", "secret-key");
	}

	@Test
	void metricsGoToTheCollectorTooWhereThatIsAskedFor() {
		await().atMost(10, TimeUnit.SECONDS).until(() -> this.metrics.get() > 0);
	}

	@Test
	void livenessKnowsNothingOfPools() throws Exception {
		await().atMost(10, TimeUnit.SECONDS).until(() -> get("/actuator/health/readiness").statusCode() == 200);
		assertThat(get("/actuator/health/readiness").body()).contains("UP");
		assertThat(this.process.getEnvironment().getProperty("management.endpoint.health.group.liveness.include"))
			.isEqualTo("livenessState");
		assertThat(get("/actuator/health/liveness/pools").statusCode()).isEqualTo(404);
		assertThat(get("/actuator/health/liveness").statusCode()).isEqualTo(200);
	}

	/** The cells of its table of meters, the first of which is empty. */
	private static List<String[]> rowsOfTheReadme() throws IOException {
		return Files.readAllLines(Path.of("README.md"))
			.stream()
			.dropWhile((line) -> !line.startsWith("| metric |"))
			.takeWhile((line) -> line.startsWith("|"))
			.skip(2)
			.map((line) -> line.split("\\|"))
			.toList();
	}

	/** One that begins with a dot is a neighbour of the one before. */
	private static List<String> names(String cell) {
		List<String> names = new ArrayList<>();
		Pattern.compile("`([^`]+)`").matcher(cell).results().map((name) -> name.group(1)).forEach((name) -> {
			String before = names.isEmpty() ? "" : names.getLast();
			names.add(name.startsWith(".") ? before.substring(0, before.lastIndexOf('.')) + name : name);
		});
		return names;
	}

	private static Set<String> meters(String told, Set<String> names) {
		String family = told.endsWith("*") ? told.substring(0, told.length() - 1) : null;
		return names.stream()
			.filter((name) -> (family != null) ? name.startsWith(family) : name.equals(told))
			.collect(Collectors.toSet());
	}

	private HttpServer collector() {
		try {
			HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
			server.createContext("/v1/traces", (exchange) -> {
				byte[] body = exchange.getRequestBody().readAllBytes();
				if ("secret-key".equals(exchange.getRequestHeaders().getFirst("x-key"))) {
					ExportTraceServiceRequest.parseFrom(new ByteArrayInputStream(body))
						.getResourceSpansList()
						.forEach((resource) -> resource.getScopeSpansList()
							.forEach((scope) -> this.spans.addAll(scope.getSpansList())));
				}
				exchange.sendResponseHeaders(200, -1);
				exchange.close();
			});
			server.createContext("/v1/metrics", (exchange) -> {
				byte[] body = exchange.getRequestBody().readAllBytes();
				if (new String(body, StandardCharsets.ISO_8859_1).contains("sluice.executions.in-flight")) {
					this.metrics.incrementAndGet();
				}
				exchange.sendResponseHeaders(200, -1);
				exchange.close();
			});
			server.start();
			return server;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Span span(String execution) {
		return await().atMost(10, TimeUnit.SECONDS)
			.until(() -> this.spans.stream()
				.filter((span) -> execution.equals(attributes(span).get("sluice.execution.id")))
				.toList(), (found) -> found.size() == 1)
			.getFirst();
	}

	private static Map<String, String> attributes(Span span) {
		return span.getAttributesList()
			.stream()
			.collect(Collectors.toMap((one) -> one.getKey(), (one) -> one.getValue().getStringValue()));
	}

	/** What the log says of an execution, which is said once. */
	private static JsonNode line(CapturedOutput output, String execution) {
		String line = await().atMost(10, TimeUnit.SECONDS)
			.until(() -> output.getOut()
				.lines()
				.filter((one) -> one.contains("Execution " + execution + " ended"))
				.toList(), (found) -> found.size() == 1)
			.getFirst();
		return new JsonMapper().readTree(line);
	}

	private String asked(String execution) {
		return this.pool.requests()
			.stream()
			.filter((request) -> request.contains("Sluice-Execution: " + execution))
			.findFirst()
			.orElseThrow();
	}

	private double meter(String name, String... labels) throws Exception {
		return scrape().lines()
			.filter((line) -> line.startsWith(name + "{") && List.of(labels).stream().allMatch(line::contains))
			.mapToDouble((line) -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
			.sum();
	}

	private String scrape() throws Exception {
		return get("/actuator/prometheus").body();
	}

	private HttpResponse<String> get(String path) throws Exception {
		return send(HttpRequest.newBuilder(URI
			.create("http://127.0.0.1:" + this.process.getEnvironment().getProperty("local.management.port") + path)));
	}

	private HttpRequest.Builder execute() {
		return HttpRequest.newBuilder(this.gateway.resolve("/api/v2/execute"))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(BODY));
	}

	private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
		return this.client.send(request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
	}

	private static String hex(byte[] bytes) {
		return HexFormat.of().formatHex(bytes);
	}

}
