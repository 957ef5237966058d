package dev.sluice.k8s;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.sluice.Processes;
import dev.sluice.RawServer;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Outcome;
import dev.sluice.gateway.GatewayProcess;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.Probe;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.context.properties.BoundConfigurationProperties;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.web.context.reactive.StandardReactiveWebEnvironment;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A gateway that is started with what its pod in Azure has in its environment, but for
 * the ports, the pool and its token, and the time that it waits at its end. It is called
 * by an address that whoever listens on 127.0.0.1 alone does not hear, as the kubelet's
 * is.
 */
@TestInstance(Lifecycle.PER_CLASS)
class GatewayPodTests {

	private static final String HOST = "127.0.0.2";

	/** By its ending it is read as the system's own. */
	private static final String ENVIRONMENT = "pod-" + StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;

	private static final String JSON = "Content-Type: application/json\n";

	/** What Prometheus adds to each of them. */
	private static final Set<String> LABELS_OF_THE_SCRAPE = Set.of("job", "instance", "pod", "namespace");

	/** What the words of labels are from. */
	private static final Map<String, Set<String>> WORDS = Map.of("outcome",
			Stream.of(Outcome.values()).map(Outcome::text).collect(Collectors.toSet()), "code",
			Stream.concat(Stream.of("none"), Stream.of(FailureCode.values()).map(FailureCode::text))
				.collect(Collectors.toSet()),
			"stage", Set.of("admission", "token", "pool", "total"), "state", Set.of("closed", "open", "half-open"),
			"area", Set.of("heap", "nonheap"));

	private final Cluster cluster = Cluster.pieces("azure", "prometheus", "keda");

	private final Container container = this.cluster.gateway();

	private final HttpClient client = HttpClient.newHttpClient();

	private final Processes processes = new Processes();

	private Map<String, String> environment;

	private ConfigurableApplicationContext gateway;

	@BeforeAll
	void start(@TempDir Path folder) throws Exception {
		RawServer pool = this.processes.keep(new RawServer())
			.answersForRuntimes("[{\"language\":\"python\",\"version\":\"3.12.1\",\"aliases\":[]}]");
		this.environment = this.cluster.environment(this.container);
		this.environment.putAll(Map.of("SERVER_PORT", "0", "MANAGEMENT_SERVER_PORT", "0", "SLUICE_CLIENTS_FILE",
				keys(folder).toString(), "SLUICE_POOLS_0_ENDPOINT", pool.address().toString(),
				"SLUICE_POOLS_0_CREDENTIAL_KIND", "static", "SLUICE_POOLS_0_CREDENTIAL_TOKEN", "a-token",
				"SLUICE_RETRY_ATTEMPTS", "1", "SLUICE_DRAIN_DELAY", "0s"));
		this.gateway = this.processes.keep(start(this.environment));
		pool.answers(200, JSON, "{\"run\":{\"stdout\":\"42\\n\"}}");
		assertThat(execute().statusCode()).isEqualTo(200);
		pool.answers(403, JSON, "{}");
		assertThat(execute().statusCode()).isEqualTo(502);
	}

	@AfterAll
	void close() {
		this.processes.close();
		// What it is set by outlives the process, and other tests read what is logged.
		System.clearProperty("CONSOLE_LOG_STRUCTURED_FORMAT");
		this.client.close();
	}

	@Test
	void theKubeletFindsItsProbesAnswered() {
		for (Probe probe : List.of(this.container.getStartupProbe(), this.container.getLivenessProbe(),
				this.container.getReadinessProbe())) {
			HTTPGetAction get = probe.getHttpGet();
			assertThat(get.getPort().getStrVal()).isEqualTo("management");
			await().atMost(10, TimeUnit.SECONDS)
				.untilAsserted(
						() -> assertThat(management(get.getPath()).statusCode()).as(get.getPath()).isEqualTo(200));
		}
	}

	@Test
	void aProbeOfLivenessIsNotOneOfReadiness() {
		assertThat(this.container.getLivenessProbe().getHttpGet().getPath()).endsWith("/liveness");
		assertThat(this.container.getStartupProbe().getHttpGet().getPath()).endsWith("/liveness");
		assertThat(this.container.getReadinessProbe().getHttpGet().getPath()).endsWith("/readiness");
	}

	@Test
	void eachSettingIsBoundToAProperty() {
		Set<String> bound = BoundConfigurationProperties.get(this.gateway)
			.getAll()
			.values()
			.stream()
			.map((property) -> property.getOrigin())
			.filter(PropertySourceOrigin.class::isInstance)
			.map((origin) -> ((PropertySourceOrigin) origin).getPropertyName())
			.collect(Collectors.toSet());
		assertThat(this.environment.keySet()).filteredOn((name) -> !name.startsWith("LOGGING_"))
			.allSatisfy((name) -> assertThat(bound).contains(name));
	}

	@Test
	void whatPrometheusIsAskedForIsThere() throws Exception {
		Map<String, Set<String>> scraped = scrape();
		List<String> expressions = expressions();
		assertThat(expressions).hasSizeGreaterThan(30);
		for (String expression : expressions) {
			Map<String, Map<String, Set<String>>> metrics = PromQl.metrics(expression);
			assertThat(metrics).as(expression).isNotEmpty();
			Set<String> known = new TreeSet<>(LABELS_OF_THE_SCRAPE);
			metrics.forEach((metric, labels) -> {
				assertThat(scraped).as(expression).containsKey(metric);
				known.addAll(scraped.get(metric));
				labels.forEach((label, values) -> check(expression, label, values, scraped.get(metric)));
			});
			assertThat(known).as(expression).containsAll(PromQl.grouping(expression));
		}
	}

	@Test
	void alertsSayWhatToDo() {
		assertThat(this.cluster.all(PrometheusRule.class).getFirst().rules()).isNotEmpty().allSatisfy((rule) -> {
			assertThat(rule.annotations()).containsOnlyKeys("summary", "runbook");
			assertThat(rule.annotations().get("runbook")).isNotBlank();
			assertThat(rule.labels()).containsOnlyKeys("severity");
			assertThat(rule.during()).matches("\\d+m");
		});
	}

	private static void check(String expression, String label, Set<String> values, Set<String> known) {
		if (!LABELS_OF_THE_SCRAPE.contains(label)) {
			assertThat(known).as(expression).contains(label);
			assertThat(WORDS).as(expression).containsKey(label);
			assertThat(WORDS.get(label)).as(expression).containsAll(values);
		}
		else if (label.equals("job")) {
			// A ServiceMonitor's job is the Service's name.
			assertThat(values).containsExactly("sluice-gateway-management");
		}
	}

	private List<String> expressions() {
		JsonNode dashboard = new JsonMapper().readTree(this.cluster.all(ConfigMap.class)
			.stream()
			.map(ConfigMap::getData)
			.map((data) -> data.get("dashboard.json"))
			.filter(Objects::nonNull)
			.findAny()
			.orElseThrow());
		Stream<String> panels = dashboard.path("panels")
			.valueStream()
			.flatMap((panel) -> panel.path("targets").valueStream())
			.map((target) -> target.path("expr").asString());
		Stream<String> alerts = this.cluster.all(PrometheusRule.class)
			.stream()
			.flatMap(PrometheusRule::rules)
			.map(PrometheusRule.Rule::expr);
		Stream<String> triggers = this.cluster.all(ScaledObject.class)
			.stream()
			.flatMap((one) -> one.spec().triggers().stream())
			.map((trigger) -> trigger.metadata().query());
		return Stream.of(panels, alerts, triggers).flatMap((all) -> all).toList();
	}

	/** The labels of each metric. */
	private Map<String, Set<String>> scrape() throws Exception {
		String path = this.cluster.all(ServiceMonitor.class).getFirst().spec().endpoints().getFirst().path();
		HttpResponse<String> response = management(path);
		assertThat(response.statusCode()).isEqualTo(200);
		Pattern label = Pattern.compile("[{,](\\w+)=\"");
		Map<String, Set<String>> metrics = new TreeMap<>();
		response.body()
			.lines()
			.filter((line) -> !line.startsWith("#"))
			.forEach((line) -> metrics
				.computeIfAbsent(Arrays.asList(line.split("[{ ]", 2)).getFirst(), (name) -> new TreeSet<>())
				.addAll(label.matcher(line).results().map((MatchResult found) -> found.group(1)).toList()));
		return metrics;
	}

	private HttpResponse<String> execute() throws Exception {
		return send(HttpRequest.newBuilder(uri("server", "/api/v2/execute"))
			.header("Content-Type", "application/json")
			.header("X-API-Key", "the-key")
			.POST(BodyPublishers
				.ofString("{\"language\":\"python\",\"version\":\"*\",\"files\":[{\"content\":\"print(42)\"}]}")));
	}

	private HttpResponse<String> management(String path) throws Exception {
		return send(HttpRequest.newBuilder(uri("management", path)));
	}

	private URI uri(String server, String path) {
		return URI.create(
				"http://" + HOST + ":" + this.gateway.getEnvironment().getProperty("local." + server + ".port") + path);
	}

	private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
		return this.client.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
	}

	private static Path keys(Path folder) throws Exception {
		byte[] hash = MessageDigest.getInstance("SHA-256").digest("the-key".getBytes(StandardCharsets.UTF_8));
		return Files.writeString(folder.resolve("keys.yaml"),
				"keys: [{name: grader, hash: %s}]\n".formatted(HexFormat.of().formatHex(hash)));
	}

	private static ConfigurableApplicationContext start(Map<String, String> variables) {
		StandardReactiveWebEnvironment environment = new StandardReactiveWebEnvironment();
		environment.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource(ENVIRONMENT, Map.copyOf(variables)));
		return Processes.server(GatewayProcess.class, GatewayProcess.DEFAULTS).environment(environment).run();
	}

}
