package dev.sluice;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import dev.sluice.RawServer.Reply;
import dev.sluice.emulator.TestEmulators;
import dev.sluice.emulator.TestEmulators.TestEmulator;
import dev.sluice.gateway.Chain;
import dev.sluice.gateway.GatewayProcess;
import dev.sluice.pool.PoolReport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A night on which everybody submits, and one of two pools is full, then down, then back.
 */
class ExamNightTests {

	private static final int CLIENTS = 64;

	private static final int EXECUTIONS = 2000;

	private static final Pattern NUMBER = Pattern.compile("print\\((\\d+)\\)");

	private static final JsonMapper JSON = new JsonMapper();

	private final Processes processes = new Processes();

	private final HttpClient client = HttpClient.newHttpClient();

	private final Map<Integer, LongAdder> runs = new ConcurrentHashMap<>();

	private final Map<Integer, HttpResponse<String>> answers = new ConcurrentHashMap<>();

	private final AtomicInteger answered = new AtomicInteger();

	/** Prints what it is asked to print, and counts that. */
	private final RawServer piston = this.processes.keep(new RawServer()).answersBy((request) -> {
		if (request.startsWith("GET ")) {
			return json("[{\"language\":\"python\",\"version\":\"3.12.1\",\"aliases\":[]}]");
		}
		Matcher number = NUMBER.matcher(request);
		assertThat(number.find()).isTrue();
		this.runs.computeIfAbsent(Integer.valueOf(number.group(1)), (one) -> new LongAdder()).increment();
		pause(50);
		return json("{\"run\":{\"stdout\":\"" + number.group(1) + "\\n\",\"stderr\":\"\",\"code\":0},"
				+ "\"language\":\"python\",\"version\":\"3.12.1\"}");
	});

	@AfterEach
	void close() throws Exception {
		this.processes.close();
		this.client.close();
	}

	@Test
	void everySubmissionGetsExactlyOneAnswer() throws Exception {
		URI adapter = this.processes.adapter("--sluice.adapter.piston-url=" + this.piston.address());
		TestEmulator steady = emulator(adapter, "identifiers", "required", "max-sessions", "48");
		TestEmulator shaky = emulator(adapter, "identifiers", "required", "max-sessions", "8");
		ConfigurableApplicationContext gateway = Processes.process(GatewayProcess.class, GatewayProcess.DEFAULTS,
				pools(steady.address(), shaky.address()));
		try (gateway) {
			URI address = Processes.address(gateway);
			await().atMost(10, TimeUnit.SECONDS).until(() -> get(address, "/api/v2/runtimes").statusCode() == 200);
			// The first quarter of the night one pool has hardly any sessions,
			List<Thread> clients = clients(address);
			await().atMost(60, TimeUnit.SECONDS).until(() -> this.answered.get() >= EXECUTIONS / 4);
			// the second quarter it is down,
			shaky.goDown();
			await().atMost(60, TimeUnit.SECONDS).until(() -> this.answered.get() >= EXECUTIONS / 2);
			long before = sent(gateway, 1);
			// and then it is back.
			shaky.comeBack();
			for (Thread one : clients) {
				one.join(Duration.ofSeconds(60));
			}
			check(gateway);
			// A quick machine is done before the pool is tried again: it comes back all
			// the same.
			AtomicInteger more = new AtomicInteger(EXECUTIONS);
			await().atMost(30, TimeUnit.SECONDS).until(() -> {
				List<Thread> late = IntStream.range(0, CLIENTS)
					.mapToObj((one) -> Thread.startVirtualThread(() -> execute(address, more.getAndIncrement())))
					.toList();
				for (Thread one : late) {
					one.join(Duration.ofSeconds(20));
				}
				return sent(gateway, 1) > before + 20;
			});
			assertThat(refused(shaky)).as("executions that the small pool refused").isPositive();
			// What is not given back to the gateway's pool of connections would stay.
			await().atMost(10, TimeUnit.SECONDS)
				.untilAsserted(() -> assertThat(List.of(steady.connections(), shaky.connections())).containsOnly(0));
		}
	}

	private void check(ConfigurableApplicationContext gateway) {
		assertThat(this.answers).hasSize(EXECUTIONS);
		Map<String, Integer> failures = new TreeMap<>();
		this.answers.forEach((number, answer) -> {
			JsonNode body = JSON.readTree(answer.body());
			int ran = this.runs.getOrDefault(number, new LongAdder()).intValue();
			assertThat(ran).as("how often %d ran", number).isLessThanOrEqualTo(1);
			if (answer.statusCode() == 200) {
				assertThat(body.at("/run/stdout").asString()).isEqualTo(number + "\n");
				assertThat(ran).isEqualTo(1);
			}
			else {
				assertThat(body.path("code").asString()).as(answer.body()).isNotEmpty();
				failures.merge(body.path("code").asString() + " executed " + body.path("executed").asString(), 1,
						Integer::sum);
				assertThat(body.path("executed").asString().equals("no") && ran > 0).as(answer.body()).isFalse();
			}
		});
		List<PoolReport> reports = reports(gateway);
		int verdicts = (int) this.answers.values().stream().filter((answer) -> answer.statusCode() == 200).count();
		int failed = failures.values().stream().mapToInt(Integer::intValue).sum();
		System.out.printf("Exam night: %.2f %% of %d got their verdict; others %s; %s%n",
				100.0 * (EXECUTIONS - failed) / EXECUTIONS, EXECUTIONS, failures, reports);
		assertThat(verdicts + failed).isEqualTo(EXECUTIONS);
		// What ran in the pool as it went down, and nothing else.
		assertThat(failed).as(failures.toString()).isLessThanOrEqualTo(16);
		assertThat(failures.keySet()).isSubsetOf("pool-broke executed unknown");
		assertThat(reports.stream().mapToLong(PoolReport::repeated).sum()).as("what one refused and another took")
			.isPositive();
		assertThat(reports.stream().mapToLong(PoolReport::sent).sum()).isGreaterThan(EXECUTIONS);
		await().atMost(10, TimeUnit.SECONDS).untilAsserted(() -> assertThat(reports(gateway)).allSatisfy((report) -> {
			assertThat(report.running()).isZero();
			assertThat(report.sessions().leased()).isZero();
			// What could not be stopped while the pool was down is its cooldown's.
			assertThat(report.sessions().quarantined()).isLessThanOrEqualTo((int) report.leftToCooldown());
		}));
		assertThat(gateway.getBean(Chain.class).waiting()).isZero();
	}

	private int refused(TestEmulator pool) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(pool.address().resolve("/.emulator/stats"))
			.header("Authorization", "Bearer test-token")
			.build();
		// Its connection ends with it, as connections are counted.
		try (HttpClient own = HttpClient.newHttpClient()) {
			String stats = own.send(request, HttpResponse.BodyHandlers.ofString()).body();
			return JSON.readTree(stats).at("/sessions/refused").intValue();
		}
	}

	private List<Thread> clients(URI address) {
		AtomicInteger next = new AtomicInteger();
		List<Thread> clients = new ArrayList<>();
		for (int i = 0; i < CLIENTS; i++) {
			clients.add(Thread.startVirtualThread(() -> {
				for (int number = next.getAndIncrement(); number < EXECUTIONS; number = next.getAndIncrement()) {
					this.answers.put(number, execute(address, number));
					this.answered.incrementAndGet();
				}
			}));
		}
		return clients;
	}

	private HttpResponse<String> execute(URI address, int number) {
		HttpRequest request = HttpRequest.newBuilder(address.resolve("/api/v2/execute"))
			.header("Content-Type", "application/json")
			.timeout(Duration.ofSeconds(60))
			.POST(HttpRequest.BodyPublishers.ofString(
					"{\"language\":\"python\",\"version\":\"*\",\"files\":[{\"content\":\"print(" + number + ")\"}]}"))
			.build();
		try {
			return this.client.send(request, HttpResponse.BodyHandlers.ofString());
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private HttpResponse<String> get(URI address, String path) throws IOException, InterruptedException {
		return this.client.send(HttpRequest.newBuilder(address.resolve(path)).build(),
				HttpResponse.BodyHandlers.ofString());
	}

	private TestEmulator emulator(URI adapter, String... settings) {
		return this.processes.keep(TestEmulators.before(adapter, settings));
	}

	private static String[] pools(URI... endpoints) {
		List<String> settings = new ArrayList<>(List.of("--sluice.retry.backoff=20ms"));
		for (int i = 0; i < endpoints.length; i++) {
			String pool = "--sluice.pools[" + i + "].";
			settings.addAll(List.of(pool + "name=pool-" + i, pool + "endpoint=" + endpoints[i],
					pool + "identifier=lease", pool + "lease.max-sessions=48", pool + "credential.kind=static",
					pool + "credential.token=test-token", pool + "breaker.open=500ms", pool + "idle-timeout=1s"));
		}
		return settings.toArray(String[]::new);
	}

	private static List<PoolReport> reports(ConfigurableApplicationContext gateway) {
		return gateway.getBean(Chain.class).all().stream().map((pool) -> pool.report()).toList();
	}

	private static long sent(ConfigurableApplicationContext gateway, int pool) {
		return reports(gateway).get(pool).sent();
	}

	private static Reply json(String body) {
		return Reply.whole(200, "Content-Type: application/json\n", body);
	}

	private static void pause(int millis) {
		try {
			Thread.sleep(millis);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
