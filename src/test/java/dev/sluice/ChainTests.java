package dev.sluice;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import dev.sluice.RawServer.Then;
import dev.sluice.gateway.Chain;
import dev.sluice.gateway.GatewayProcess;
import dev.sluice.pool.PoolReport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The whole chain over its wires, as its processes put it together.
 */
@ExtendWith(OutputCaptureExtension.class)
class ChainTests {

	private static final String PRINT_42 = "{\"language\":\"python\",\"version\":\"*\",\"files\":[{\"content\":\"print(42)\"}],"
			+ "\"stdin\":\"\",\"args\":[]}";

	private static final String VERDICT = "{\"run\":{\"signal\":null,\"stdout\":\"42\\n\",\"stderr\":\"\",\"code\":0,"
			+ "\"output\":\"42\\n\",\"memory\":1,\"message\":null,\"status\":null,\"cpu_time\":1,\"wall_time\":1},"
			+ "\"language\":\"python\",\"version\":\"3.12.1\"}";

	private static final String JSON = "Content-Type: application/json\n";

	private final HttpClient client = HttpClient.newHttpClient();

	private final Processes processes = new Processes();

	@AfterEach
	void close() throws Exception {
		this.processes.close();
		this.client.close();
	}

	@Test
	void withoutAnyConfigurationTheChainRuns(CapturedOutput output) throws Exception {
		URI gateway = this.processes.gateway();
		HttpResponse<String> answer = execute(gateway, PRINT_42);
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.body())
			.startsWith("{\"run\":{\"signal\":null,\"stdout\":\"42\\n\",\"stderr\":\"\",\"code\":0,")
			.contains("\"language\":\"python\",\"version\":\"3.");
		assertThat(get(gateway, "/api/v2/runtimes").body()).contains("\"language\":\"python\"", "\"aliases\":[\"py\"");
		assertThat(output).contains("Sluice gateway\n  listens    http://127.0.0.1:" + gateway.getPort(),
				"pool       embedded at http://127.0.0.1:", "sandbox    ", "languages  bash ", "python 3.");
	}

	@Test
	void theEmbeddedPoolAcceptsOnlyItsOwnToken(CapturedOutput output) throws Exception {
		this.processes.gateway();
		URI pool = URI.create(output.getOut().replaceAll("(?s).*embedded at (http://127.0.0.1:\\d+).*", "$1"));
		assertThat(post(pool, "/python/execute", PRINT_42).statusCode()).isEqualTo(401);
	}

	@Test
	void errorsOfTheProgramsLanguageAreToldInPistonsWords() throws Exception {
		URI gateway = this.processes.gateway();
		HttpResponse<String> answer = execute(gateway, PRINT_42.replace("\"*\"", "\"2.x\""));
		assertThat(answer.statusCode()).isEqualTo(400);
		assertThat(answer.body()).isEqualTo("{\"message\":\"python-2.x runtime is unknown\"}");
		assertThat(execute(gateway, PRINT_42.replace("\"args\":[]", "\"run_timeout\":9000")).body())
			.isEqualTo("{\"message\":\"run_timeout cannot exceed the configured limit of 3000\"}");
	}

	@Test
	void asThreeProcessesBeforeAPistonTheAnswerIsThePistons() throws Exception {
		RawServer piston = this.processes.keep(new RawServer())
			.answersForRuntimes("[{\"language\":\"python\",\"version\":\"3.12.1\",\"aliases\":[]}]")
			.answers(200, JSON, VERDICT);
		URI adapter = this.processes.adapter("--sluice.adapter.piston-url=" + piston.address());
		URI emulator = this.processes.emulator("--sluice.emulator.adapter-url=" + adapter,
				"--sluice.emulator.identifiers=required");
		URI gateway = this.processes.gateway(Processes.pool(emulator, "--sluice.pools[0].identifier=fresh"));
		HttpResponse<String> answer = execute(gateway, PRINT_42);
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		assertThat(answer.body()).isEqualTo(VERDICT);
		assertThat(piston.requests().stream().filter((request) -> request.startsWith("POST"))).singleElement()
			.satisfies(
					(request) -> assertThat(request).contains("print(42)").doesNotContainIgnoringCase("authorization"));
		assertThat(execute(adapter, PRINT_42).body()).isEqualTo(VERDICT);
		assertThat(post(adapter, "/any/where/execute", PRINT_42).headers().firstValue("Sluice-Adapter")).isPresent();
		assertThat(get(adapter, "/health").body()).contains("UP");
		assertThat(probesOfASession()).isNotEmpty()
			.allSatisfy((path) -> assertThat(get(adapter, path).statusCode()).as(path).isEqualTo(200));
	}

	@Test
	void aPoolThatIsGoneIsToldAtOnceAndComesBackByItself() throws Exception {
		RawServer piston = this.processes.keep(new RawServer()).answers(200, JSON, VERDICT);
		URI adapter = this.processes.adapter("--sluice.adapter.piston-url=" + piston.address());
		int port = Processes.freePort();
		Process emulator = this.processes.ownEmulatorProcess(port, adapter).process();
		URI gateway = this.processes.gateway(Processes.pool(URI.create("http://127.0.0.1:" + port),
				"--sluice.pools[0].identifier=none", "--sluice.retry.backoff=10ms"));
		assertThat(execute(gateway, PRINT_42).statusCode()).isEqualTo(200);
		emulator.destroyForcibly().waitFor();
		long asked = System.nanoTime();
		HttpResponse<String> failure = execute(gateway, PRINT_42);
		assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(1));
		assertThat(failure.statusCode()).isEqualTo(502);
		assertThat(failure.body()).contains("\"message\":\"Pool 'chain'", "\"code\":\"pool-unreachable\"",
				"\"executed\":\"no\"", "\"retryable\":true");
		this.processes.emulator("--server.port=" + port, "--sluice.emulator.adapter-url=" + adapter);
		assertThat(execute(gateway, PRINT_42).body()).isEqualTo(VERDICT);
	}

	@Test
	void aPoolThatBreaksInTheMiddleIsToldAtOnce() throws Exception {
		RawServer pool = this.processes.keep(new RawServer())
			.answers("HTTP/1.1 200 OK\n" + JSON + "Content-Length: 999\n\n{\"run\":{", Then.RESET);
		HttpResponse<String> failure = execute(this.processes.gateway(Processes.pool(pool.address())), PRINT_42);
		assertThat(failure.statusCode()).isEqualTo(502);
		assertThat(failure.body()).contains("\"code\":\"pool-broke\"", "\"executed\":\"unknown\"");
	}

	@Test
	void aClientThatLeavesEndsItsProgram() throws Exception {
		URI gateway = this.processes.gateway("--sluice.engine.run.wall-time=60s");
		String sleeper = PRINT_42.replace("print(42)", "import subprocess; subprocess.run(['sleep', '53.53'])");
		try (HttpClient leaving = HttpClient.newHttpClient()) {
			CompletableFuture<HttpResponse<String>> _ = leaving.sendAsync(request(gateway, "/api/v2/execute", sleeper),
					HttpResponse.BodyHandlers.ofString());
			await().atMost(10, TimeUnit.SECONDS).until(() -> processesWith("53.53") > 0);
			leaving.shutdownNow();
		}
		await().atMost(1, TimeUnit.SECONDS).until(() -> processesWith("53.53") == 0);
	}

	@Test
	void aKilledProcessTakesItsProgramsWithIt() throws Exception {
		// Each takes seconds to start, so they do it together.
		Map<String, CompletableFuture<Process>> adapters = new LinkedHashMap<>();
		for (String sandbox : List.of("auto", "namespaces", "rlimits")) {
			adapters.put(sandbox,
					CompletableFuture.supplyAsync(() -> adapterWithASleeper(sandbox), Thread::startVirtualThread));
		}
		for (Map.Entry<String, CompletableFuture<Process>> adapter : adapters.entrySet()) {
			Process process = adapter.getValue().get(80, TimeUnit.SECONDS);
			assertThat(processesWith(sleep(adapter.getKey()))).isPositive();
			process.destroyForcibly();
			await().atMost(2, TimeUnit.SECONDS)
				.untilAsserted(() -> assertThat(processesWith(sleep(adapter.getKey()))).as(adapter.getKey()).isZero());
		}
	}

	private Process adapterWithASleeper(String sandbox) {
		try {
			Processes.Own adapter = this.processes.ownProcess("adapter", "--server.port=0",
					"--sluice.engine.sandbox=" + sandbox, "--sluice.engine.run.wall-time=60s");
			String sleeper = PRINT_42.replace("print(42)",
					"import subprocess; subprocess.run(['setsid', 'sleep', '" + sleep(sandbox) + "'])");
			CompletableFuture<HttpResponse<String>> _ = this.client.sendAsync(
					request(adapter.address(), "/api/v2/execute", sleeper), HttpResponse.BodyHandlers.ofString());
			await().atMost(10, TimeUnit.SECONDS).until(() -> processesWith(sleep(sandbox)) > 0);
			return adapter.process();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String sleep(String sandbox) {
		return "57." + sandbox.length();
	}

	@Test
	void aGatewayWithoutEngineOrPoolSaysHowToGiveItOne(CapturedOutput output) throws Exception {
		URI gateway = this.processes.gateway("--sluice.engine.path=/nowhere");
		assertThat(output).contains("pool       none: No sandbox works on this machine",
				"set sluice.pools[0].endpoint");
		HttpResponse<String> failure = execute(gateway, PRINT_42);
		assertThat(failure.statusCode()).isEqualTo(502);
		assertThat(failure.body()).contains("\"code\":\"no-pool\"", "sluice.pools[0].endpoint");
		assertThat(get(gateway, "/api/v2/runtimes").statusCode()).isEqualTo(502);
	}

	@Test
	void theActuatorHasAPortOfItsOwn() throws Exception {
		ConfigurableApplicationContext gateway = this.processes
			.keep(Processes.process(GatewayProcess.class, GatewayProcess.DEFAULTS));
		URI management = URI
			.create("http://127.0.0.1:" + gateway.getEnvironment().getProperty("local.management.port"));
		assertThat(get(management, "/actuator/health").body()).contains("UP");
		assertThat(get(Processes.address(gateway), "/actuator/health").statusCode()).isEqualTo(404);
		await().atMost(10, TimeUnit.SECONDS)
			.until(() -> get(management, "/actuator/health/readiness").statusCode() == 200);
		execute(Processes.address(gateway), PRINT_42);
		assertThat(get(management, "/actuator/pools").body()).contains("\"name\":\"embedded\"",
				"\"breaker\":\"closed\"", "\"running\":0");
		assertThat(get(management, "/actuator/metrics/sluice.pool.calls?tag=pool:embedded").body())
			.contains("\"value\":1.0");
		assertThat(get(management, "/actuator/doctor").body()).contains("\"link\":\"stdout\",\"state\":\"SOUND\"")
			.doesNotContain("BROKEN");
	}

	@Test
	void aGatewayIsNotReadyBeforeItsFirstToken() throws Exception {
		ConfigurableApplicationContext gateway = this.processes.keep(Processes.process(GatewayProcess.class,
				GatewayProcess.DEFAULTS, "--sluice.pools[0].endpoint=http://127.0.0.1:1",
				"--sluice.pools[0].credential.kind=workload-identity"));
		URI management = URI
			.create("http://127.0.0.1:" + gateway.getEnvironment().getProperty("local.management.port"));
		assertThat(get(management, "/actuator/health/readiness").statusCode()).isEqualTo(503);
		assertThat(get(management, "/actuator/prometheus").body()).contains("\nsluice_ready 0");
		assertThat(get(management, "/actuator/health/liveness").statusCode()).isEqualTo(200);
	}

	@Test
	void aThousandExecutionsUseNoMoreSessionsThanRunAtOnce() throws Exception {
		RawServer piston = this.processes.keep(new RawServer())
			.answers(200, JSON, VERDICT)
			.answersForRuntimes("[{\"language\":\"python\",\"version\":\"3.12.1\",\"aliases\":[]}]");
		URI adapter = this.processes.adapter("--sluice.adapter.piston-url=" + piston.address());
		URI emulator = this.processes.emulator("--sluice.emulator.adapter-url=" + adapter,
				"--sluice.emulator.identifiers=required");
		ConfigurableApplicationContext gateway = this.processes.keep(Processes.process(GatewayProcess.class,
				GatewayProcess.DEFAULTS, Processes.pool(emulator, "--sluice.pools[0].identifier=lease")));
		URI address = Processes.address(gateway);
		// The question for the runtimes, asked at the start, has a session of its own.
		await().atMost(10, TimeUnit.SECONDS).until(() -> get(address, "/api/v2/runtimes").statusCode() == 200);
		Semaphore turns = new Semaphore(64);
		List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
		for (int i = 0; i < 1000; i++) {
			turns.acquire();
			answers.add(this.client
				.sendAsync(request(address, "/api/v2/execute", PRINT_42), HttpResponse.BodyHandlers.ofString())
				.whenComplete((answer, error) -> turns.release()));
		}
		for (CompletableFuture<HttpResponse<String>> answer : answers) {
			assertThat(answer.get(30, TimeUnit.SECONDS).body()).isEqualTo(VERDICT);
		}
		PoolReport report = gateway.getBean(Chain.class).all().getFirst().report();
		assertThat(report.sessions().allocated()).isBetween(1L, 64L);
		HttpRequest stats = HttpRequest.newBuilder(emulator.resolve("/.emulator/stats"))
			.header("Authorization", "Bearer chain-token")
			.build();
		// The question for the runtimes has a session of its own, which counts here.
		String counted = this.client.send(stats, HttpResponse.BodyHandlers.ofString()).body();
		assertThat(Integer.parseInt(counted.replaceAll("(?s).*\"allocated\":(\\d+).*", "$1"))).isBetween(1, 65);
		assertThat(counted).contains("\"delivered\":1000,\"duplicates\":0,\"running\":0");
		assertThat(report.running()).isZero();
		assertThat(report.sessions().leased()).isZero();
	}

	@Test
	void aStrangersHostIsRefusedByEachProcess() throws Exception {
		URI adapter = this.processes.adapter();
		for (URI process : List.of(this.processes.gateway(), adapter,
				this.processes.emulator("--sluice.emulator.adapter-url=" + adapter))) {
			try (Socket socket = new Socket(process.getHost(), process.getPort())) {
				socket.getOutputStream()
					.write("GET /api/v2/runtimes HTTP/1.1\r\nHost: evil.example\r\n\r\n"
						.getBytes(StandardCharsets.UTF_8));
				byte[] answer = socket.getInputStream().readNBytes(12);
				assertThat(new String(answer, StandardCharsets.UTF_8)).isEqualTo("HTTP/1.1 403");
			}
		}
	}

	/** What a kubelet asks an adapter for. */
	private static List<String> probesOfASession() throws IOException {
		return Pattern.compile("httpGet:\\s+path: (\\S+)")
			.matcher(Files.readString(Path.of("k8s", "overlays", "local", "session.yaml")))
			.results()
			.map((probe) -> probe.group(1))
			.toList();
	}

	private HttpResponse<String> execute(URI process, String body) throws Exception {
		return post(process, "/api/v2/execute", body);
	}

	private HttpResponse<String> post(URI process, String path, String body) throws Exception {
		return this.client.send(request(process, path, body), HttpResponse.BodyHandlers.ofString());
	}

	private HttpResponse<String> get(URI process, String path) throws Exception {
		return this.client.send(HttpRequest.newBuilder(process.resolve(path)).build(),
				HttpResponse.BodyHandlers.ofString());
	}

	private static HttpRequest request(URI process, String path, String body) {
		return HttpRequest.newBuilder(process.resolve(path))
			.header("Content-Type", "application/json")
			.timeout(Duration.ofSeconds(30))
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build();
	}

	private static long processesWith(String word) {
		return ProcessHandle.allProcesses()
			.filter((process) -> process.info().commandLine().orElse("").contains("sleep " + word))
			.count();
	}

}
