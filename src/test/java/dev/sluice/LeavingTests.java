package dev.sluice;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.sluice.RawServer.Reply;
import dev.sluice.RawServer.Then;
import dev.sluice.execution.Drain;
import dev.sluice.gateway.Chain;
import dev.sluice.gateway.GatewayProcess;
import dev.sluice.http.Connections;
import dev.sluice.http.HeldBytes;
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
 * A gateway that ends, or that its clients leave, with much under way.
 */
@ExtendWith(OutputCaptureExtension.class)
class LeavingTests {

	private static final String PROGRAM = "{\"language\":\"python\",\"version\":\"*\",\"files\":[{\"content\":\"%s\"}]}";

	private static final String JSON = "Content-Type: application/json\n";

	private static final String VERDICT = "{\"run\":{\"stdout\":\"42\"},\"language\":\"python\",\"version\":\"3.12.1\"}";

	private static final String RUNTIMES = "[{\"language\":\"python\",\"version\":\"3.12.1\",\"aliases\":[]}]";

	private final Processes processes = new Processes();

	private final HttpClient client = HttpClient.newHttpClient();

	/** Programs end with it. */
	private final CountDownLatch end = new CountDownLatch(1);

	private final RawServer pool = this.processes.keep(new RawServer()).answersBy(this::answer);

	@AfterEach
	void close() {
		this.end.countDown();
		this.client.shutdownNow();
		this.processes.close();
	}

	@Test
	void aGatewayEndsWhenWhatRunsHasEnded() throws Exception {
		ConfigurableApplicationContext gateway = gateway();
		URI address = Processes.address(gateway);
		List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, 20)
			.mapToObj((i) -> this.client.sendAsync(request(address, "busy"), HttpResponse.BodyHandlers.ofString()))
			.toList();
		await().atMost(10, TimeUnit.SECONDS).until(() -> sent("busy") == 20);
		URI health = management(gateway).resolve("/actuator/health/readiness");
		assertThat(get(health).statusCode()).isEqualTo(200);
		URI metrics = health.resolve("/actuator/prometheus");
		assertThat(get(metrics).body()).contains("\nsluice_ready 1");
		CompletableFuture<Void> closed = CompletableFuture.runAsync(gateway::close, Thread::startVirtualThread);
		await().atMost(5, TimeUnit.SECONDS).until(() -> get(health).statusCode() == 503);
		assertThat(get(metrics).body()).contains("\nsluice_ready 0");
		await().atMost(5, TimeUnit.SECONDS).untilAsserted(() -> {
			HttpResponse<String> refused = this.client.send(request(address, "late"),
					HttpResponse.BodyHandlers.ofString());
			assertThat(refused.statusCode()).isEqualTo(503);
			assertThat(refused.body()).contains("\"code\":\"draining\"");
			assertThat(refused.headers().firstValue("Retry-After")).isPresent();
		});
		assertThat(get(address.resolve("/api/v2/runtimes")).statusCode()).isEqualTo(200);
		assertThat(closed).isNotDone();
		this.end.countDown();
		for (CompletableFuture<HttpResponse<String>> answer : answers) {
			assertThat(answer.get(5, TimeUnit.SECONDS).body()).isEqualTo(VERDICT);
		}
		closed.get(10, TimeUnit.SECONDS);
	}

	@Test
	void whatHasNotEndedByThenIsToldSoAndItsSessionStopped() throws Exception {
		ConfigurableApplicationContext gateway = gateway("--sluice.drain.grace=200ms",
				"--sluice.pools[0].lease.max-sessions=1");
		URI address = Processes.address(gateway);
		// The question for the runtimes, asked at the start, has the session first.
		await().atMost(10, TimeUnit.SECONDS).until(() -> get(address.resolve("/api/v2/runtimes")).statusCode() == 200);
		CompletableFuture<HttpResponse<String>> runs = this.client.sendAsync(request(address, "busy"),
				HttpResponse.BodyHandlers.ofString());
		await().atMost(10, TimeUnit.SECONDS).until(() -> sent("busy") == 1);
		CompletableFuture<HttpResponse<String>> waits = this.client.sendAsync(request(address, "wait"),
				HttpResponse.BodyHandlers.ofString());
		await().atMost(10, TimeUnit.SECONDS).until(() -> gateway.getBean(Chain.class).waiting() == 1);
		gateway.close();
		assertThat(runs.get(5, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
		assertThat(runs.get().body()).contains("\"code\":\"draining\"", "\"executed\":\"unknown\"");
		assertThat(waits.get(5, TimeUnit.SECONDS).body()).contains("\"code\":\"draining\"", "\"executed\":\"no\"");
		assertThat(this.pool.count("stopSession")).isEqualTo(1);
		assertThat(sent("wait")).isZero();
	}

	@Test
	void whenAllLeaveTogetherNothingIsLeftOfThem(CapturedOutput output) throws Exception {
		ConfigurableApplicationContext gateway = gateway("--sluice.pools[0].lease.max-sessions=150");
		URI address = Processes.address(gateway);
		List<Socket> sockets = new ArrayList<>();
		String half = http("half").substring(0, http("half").length() - 10);
		for (int i = 0; i < 500; i++) {
			String request = (i < 30) ? http("part") : (i < 350) ? http("busy") : half;
			// Some are still sending, most wait, and some have a part of their answer.
			Socket socket = new Socket(address.getHost(), address.getPort());
			sockets.add(socket);
			socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
		}
		Chain chain = gateway.getBean(Chain.class);
		await().atMost(20, TimeUnit.SECONDS).until(() -> chain.waiting() == 200 && report(chain).running() == 150);
		for (Socket socket : sockets.subList(0, 30)) {
			InputStream answer = socket.getInputStream();
			assertThat(answer.read()).isPositive();
		}
		for (Socket socket : sockets) {
			socket.close();
		}
		await().atMost(10, TimeUnit.SECONDS).untilAsserted(() -> {
			assertThat(gateway.getBean(Connections.class).count()).isZero();
			assertThat(chain.waiting()).isZero();
			assertThat(report(chain).running()).isZero();
			assertThat(report(chain).sessions().leased()).isZero();
			assertThat(report(chain).sessions().quarantined()).isZero();
			assertThat(gateway.getBean(HeldBytes.class).held()).isZero();
			assertThat(gateway.getBean(Drain.class).going()).isZero();
		});
		// Netty's is of another test's process that has ended.
		assertThat(output.toString().lines().filter((line) -> line.contains(" ERROR ")))
			.allMatch((line) -> line.contains("rejectedExecution"));
	}

	private Reply answer(String request) {
		if (request.startsWith("GET ")) {
			return Reply.whole(200, JSON, RUNTIMES);
		}
		if (request.contains("part")) {
			return new Reply("HTTP/1.1 200 OK\n" + JSON + "Content-Length: 9999999\n\n{\"run\":{\"stdout\":\""
					+ "0123456789".repeat(100_000), Then.HANG);
		}
		try {
			assertThat(this.end.await(60, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return Reply.whole(200, JSON, VERDICT);
	}

	private ConfigurableApplicationContext gateway(String... more) {
		String[] args = Processes.pool(this.pool.address(),
				Stream.concat(Stream.of("--sluice.pools[0].identifier=lease"), Stream.of(more)).toArray(String[]::new));
		return this.processes.keep(Processes.process(GatewayProcess.class, GatewayProcess.DEFAULTS, args));
	}

	private long sent(String program) {
		return this.pool.requests().stream().filter((request) -> request.contains(program)).count();
	}

	private static PoolReport report(Chain chain) {
		return chain.all().getFirst().report();
	}

	private HttpResponse<String> get(URI address) throws IOException, InterruptedException {
		return this.client.send(HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(5)).build(),
				HttpResponse.BodyHandlers.ofString());
	}

	private static URI management(ConfigurableApplicationContext gateway) {
		return URI.create("http://127.0.0.1:" + gateway.getEnvironment().getProperty("local.management.port"));
	}

	private static HttpRequest request(URI gateway, String program) {
		return HttpRequest.newBuilder(gateway.resolve("/api/v2/execute"))
			.timeout(Duration.ofSeconds(20))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(PROGRAM.formatted(program)))
			.build();
	}

	private static String http(String program) {
		String body = PROGRAM.formatted(program);
		return "POST /api/v2/execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
				+ body.length() + "\r\n\r\n" + body;
	}

}
