package dev.sluice;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.sluice.RawServer.Reply;
import dev.sluice.RawServer.Then;
import dev.sluice.gateway.Chain;
import dev.sluice.gateway.GatewayProcess;
import dev.sluice.pool.PoolReport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Each fault at each moment of a call, between a gateway and an adapter that are whole:
 * what the client sees of it, and how often its program ran, which the program itself
 * writes down.
 */
@TestInstance(Lifecycle.PER_CLASS)
class FaultMatrixTests {

	private static final JsonMapper JSON = new JsonMapper();

	private static final String JSON_TYPE = "Content-Type: application/json\n";

	private static final Pattern CASE = Pattern.compile("case-\\d+");

	/**
	 * How often a fault befalls: each call, or the first alone, without and with a key.
	 */
	private static final List<String> TIMES = List.of("always", "once", "once with key");

	/** What of the matrix is seen through the other identifier modes too. */
	private static final Set<String> SMOKE = Set.of("undelivered 401", "undelivered 404-not-found", "undelivered 503",
			"delivered reset", "delivered html", "mid-body close", "running twice");

	/** A row of the matrix. */
	record Row(String moment, String fault, int status, String code, String executed, String retryable, int once,
			int onceWithKey, String runs) {

		static Row of(String line) {
			String[] cells = line.split("\\|", -1);
			return new Row(cells[0], cells[1], Integer.parseInt(cells[2]), cells[3], cells[4], cells[5],
					Integer.parseInt(cells[6]), Integer.parseInt(cells[7]), cells[8]);
		}

		String name() {
			return this.moment + " " + this.fault;
		}

	}

	/** What a client saw. */
	record Seen(String program, int status, JsonNode body, String retryAfter) {
	}

	/** What befalls an execution. */
	private record Plan(Row row, boolean always, Set<String> befallen) {

		boolean befalls(String name) {
			return this.always || this.befallen.add(name);
		}

	}

	@TempDir
	private static Path folder;

	private final Processes processes = new Processes();

	private final HttpClient client = HttpClient.newHttpClient();

	private final RawServer ingress = this.processes.keep(new RawServer()).answersBy(this::answer);

	private final Map<String, Plan> plans = new ConcurrentHashMap<>();

	private final Map<String, Seen> seen = new ConcurrentHashMap<>();

	private URI adapter;

	private ConfigurableApplicationContext gateway;

	/** Does what a single test wants of it. */
	private final RawServer breaking = this.processes.keep(new RawServer());

	private ConfigurableApplicationContext impatient;

	private final AtomicInteger cases = new AtomicInteger();

	@BeforeAll
	void execute() throws Exception {
		Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
		// Where a program may write beyond its own folder.
		this.adapter = this.processes.adapter("--sluice.engine.sandbox=rlimits", "--sluice.engine.concurrency=8");
		this.gateway = gateway(this.ingress.address(), "20s");
		ConfigurableApplicationContext hanging = gateway(this.ingress.address(), "3s");
		this.breaking.answersForRuntimes("[]");
		this.impatient = gateway(this.breaking.address(), "1s");
		ExecutorService turns = Executors.newFixedThreadPool(8, Thread.ofVirtual().factory());
		List<CompletableFuture<?>> all = new ArrayList<>();
		for (Row row : rows().toList()) {
			if (needsItsOwn(row)) {
				all.add(CompletableFuture.runAsync(() -> startThroughItsOwn(row), turns));
				continue;
			}
			boolean hangs = row.fault().equals("hang");
			for (String times : TIMES) {
				// Who only waits needs no turn.
				all.add(CompletableFuture.runAsync(() -> start(row, times, hangs ? hanging : this.gateway, "lease"),
						hangs ? Thread::startVirtualThread : turns));
			}
		}
		for (String mode : List.of("none", "fresh", "auto")) {
			all.add(CompletableFuture.runAsync(() -> startInMode(mode), turns));
		}
		CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(100, TimeUnit.SECONDS);
		turns.close();
		// What would still begin behind the answers has begun by then.
		Thread.sleep(2000);
	}

	@AfterAll
	void close() throws Exception {
		this.processes.close();
		this.client.close();
	}

	static Stream<Row> rows() {
		try {
			List<String> lines = Files
				.readAllLines(Path.of(FaultMatrixTests.class.getResource("/faults/matrix.csv").getPath()));
			return lines.stream().filter((line) -> !line.startsWith("#")).skip(1).map(Row::of);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@ParameterizedTest
	@MethodSource("rows")
	void theClientSeesTheTruth(Row row) {
		Seen always = seen(row, "always", "lease");
		assertThat(always.status()).as(always.toString()).isEqualTo(row.status());
		assertThat(always.body().path("code").asString("")).isEqualTo(row.code());
		assertThat(always.body().path("executed").asString("")).isEqualTo(row.executed());
		assertThat(always.body().path("retryable").asString("")).isEqualTo(row.retryable());
		if (always.status() == 503) {
			assertThat(always.retryAfter()).matches("[1-9]\\d*");
		}
		if (always.status() != 200 && always.status() != 400) {
			assertThat(always.body().path("message").asString()).containsIgnoringCase("pool 'chain'");
			assertThat(always.body().path("pool").asString()).isEqualTo("chain");
			assertThat(always.body().path("trace_id").asString()).hasSize(32);
			assertThat(always.body().path("attempts").intValue())
				.isGreaterThanOrEqualTo(row.retryable().equals("true") ? 2 : 1);
		}
		Seen once = seen(row, "once", "lease");
		assertThat(once.status()).as(once.toString()).isEqualTo(row.once());
		Seen withKey = seen(row, "once with key", "lease");
		assertThat(withKey.status()).as(withKey.toString()).isEqualTo(row.onceWithKey());
	}

	static Stream<Row> smoke() {
		return rows().filter((row) -> SMOKE.contains(row.name()));
	}

	@ParameterizedTest
	@MethodSource("smoke")
	void theTruthIsTheSameInEachIdentifierMode(Row row) throws IOException {
		for (String mode : List.of("none", "fresh", "auto")) {
			Seen always = seen(row, "always", mode);
			assertThat(always.status()).as(mode + " " + always).isEqualTo(row.status());
			assertThat(always.body().path("code").asString("")).isEqualTo(row.code());
			assertThat(always.body().path("executed").asString("")).isEqualTo(row.executed());
			Seen once = seen(row, "once", mode);
			assertThat(once.status()).as(mode + " " + once).isEqualTo(row.once());
			Seen withKey = seen(row, "once with key", mode);
			assertThat(withKey.status()).as(mode + " " + withKey).isEqualTo(row.onceWithKey());
			for (Seen one : List.of(always, once, withKey)) {
				assertTrue(one);
			}
		}
	}

	@ParameterizedTest
	@MethodSource("rows")
	void eachProgramRunsAsOftenAsItMayAndNoFaultIsAVerdict(Row row) throws IOException {
		StringBuilder runs = new StringBuilder();
		for (String times : TIMES) {
			Seen one = seen(row, times, "lease");
			assertTrue(one);
			runs.append(runs(one.program())).append(' ');
		}
		assertThat(runs.toString().strip()).as(row.name()).isEqualTo(row.runs());
	}

	private void assertTrue(Seen one) throws IOException {
		long runs = runs(one.program());
		assertThat(runs).as(one.toString()).isLessThanOrEqualTo(1);
		if (one.status() == 200) {
			assertThat(one.body().at("/run/stdout").asString()).isEqualTo("42\n");
			assertThat(one.body().at("/run/code").intValue()).isZero();
			assertThat(runs).isEqualTo(1);
		}
		else if (one.body().path("executed").asString().equals("no")) {
			assertThat(runs).isZero();
		}
	}

	@Test
	void nothingIsLeftBehind() {
		PoolReport report = this.gateway.getBean(Chain.class).all().getFirst().report();
		assertThat(report.running()).isZero();
		await().atMost(10, TimeUnit.SECONDS)
			.untilAsserted(() -> assertThat(this.gateway.getBean(Chain.class).all().getFirst().report().sessions())
				.satisfies((sessions) -> assertThat(sessions.leased()).isZero())
				.satisfies((sessions) -> assertThat(sessions.quarantined()).isZero()));
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.ingress.open() == 0);
	}

	@ParameterizedTest
	@EnumSource(value = Then.class, names = { "CLOSE", "RESET", "HANG" })
	void aConnectionThatEndsAtOnceMayHaveCarriedTheExecution(Then then) throws Exception {
		// One that is open already would not end at once.
		this.breaking.onConnect(Then.KEEP).answers("", Then.CLOSE);
		post(Processes.address(this.impatient), "case-0", false, false);
		this.breaking.onConnect(then);
		HttpResponse<String> answer = post(Processes.address(this.impatient), "case-0", false, false);
		JsonNode body = JSON.readTree(answer.body());
		String code = body.path("code").asString();
		assertThat(answer.statusCode()).isEqualTo((then == Then.HANG) ? 504 : 502);
		if (then == Then.RESET && code.equals("pool-unreachable")) {
			// The reset came before anything could be sent.
			assertThat(body.path("executed").asString()).isEqualTo("no");
			return;
		}
		assertThat(code).isEqualTo((then == Then.HANG) ? "pool-timeout" : "pool-broke");
		assertThat(body.path("executed").asString()).isEqualTo("unknown");
		assertThat(body.path("retryable").asBoolean()).isFalse();
	}

	@ParameterizedTest
	@EnumSource(value = Then.class, names = { "CLOSE", "RESET", "HANG" })
	void aConnectionThatEndsWhenItIsUsedAgainMayHaveCarriedTheExecution(Then then) throws Exception {
		this.breaking.onConnect(Then.KEEP)
			.answers(200, "Sluice-Adapter: 1\n" + JSON_TYPE, "{\"run\":{\"stdout\":\"42\\n\",\"code\":0}}");
		URI address = Processes.address(this.impatient);
		assertThat(post(address, "case-0", false, false).statusCode()).isEqualTo(200);
		int connections = this.breaking.connections();
		int calls = this.breaking.count("/execute");
		this.breaking.answers("", then);
		HttpResponse<String> answer = post(address, "case-0", false, false);
		assertThat(this.breaking.count("/execute")).isEqualTo(calls + 1);
		JsonNode body = JSON.readTree(answer.body());
		assertThat(body.path("code").asString()).isEqualTo((then == Then.HANG) ? "pool-timeout" : "pool-broke");
		assertThat(body.path("executed").asString()).isEqualTo("unknown");
		assertThat(body.path("attempts").intValue()).isEqualTo(1);
		// The management call that stops the session has a connection of its own.
		assertThat(this.breaking.connections()).isLessThanOrEqualTo(connections + 1);
	}

	@Test
	void aConnectionThatIsRefusedCarriedNothing() throws Exception {
		URI nowhere = URI.create("http://127.0.0.1:" + Processes.freePort());
		HttpResponse<String> answer = post(Processes.address(gateway(nowhere, "3s")), "case-0", false, false);
		JsonNode body = JSON.readTree(answer.body());
		assertThat(answer.statusCode()).isEqualTo(502);
		assertThat(body.path("code").asString()).isEqualTo("pool-unreachable");
		assertThat(body.path("executed").asString()).isEqualTo("no");
		assertThat(body.path("retryable").asBoolean()).isTrue();
		assertThat(body.path("attempts").intValue()).isEqualTo(3);
	}

	@ParameterizedTest
	@EnumSource(value = Then.class, names = { "CLOSE", "RESET", "HANG" })
	void anAnswerThatIsTooLongToBeHeldIsNeverWellEndedWhereItBreaks(Then then)
			throws InterruptedException, TimeoutException {
		String part = "{\"run\":{\"stdout\":\"" + "4".repeat(2_000_000);
		this.breaking.onConnect(Then.KEEP)
			.answers("HTTP/1.1 200 OK\nSluice-Adapter: 1\n" + JSON_TYPE + "Content-Length: 3000000\n\n" + part, then);
		int status = 0;
		try {
			status = CompletableFuture
				.supplyAsync(() -> postUnchecked(Processes.address(this.impatient)), Thread::startVirtualThread)
				.get(20, TimeUnit.SECONDS);
		}
		catch (ExecutionException ex) {
			// The connection broke, as it should.
		}
		// A reset may take with it what had not been read, so that nothing was sent yet.
		assertThat(status).isIn((then == Then.RESET) ? List.of(0, 502) : List.of(0));
	}

	private ConfigurableApplicationContext gateway(URI pool, String responseTimeout) {
		return gateway(pool, responseTimeout, "lease");
	}

	private ConfigurableApplicationContext gateway(URI pool, String responseTimeout, String mode, String... more) {
		String[] settings = { "--sluice.pools[0].identifier=" + mode,
				"--sluice.pools[0].response-timeout=" + responseTimeout, "--sluice.retry.attempts=3",
				"--sluice.admission.max-wait=1s", "--sluice.retry.floor=1000", "--sluice.retry.backoff=10ms",
				"--sluice.pools[0].breaker.minimum-calls=100000" };
		return this.processes.keep(Processes.process(GatewayProcess.class, GatewayProcess.DEFAULTS, Processes.pool(pool,
				Stream.concat(Arrays.stream(settings), Arrays.stream(more)).toArray(String[]::new))));
	}

	/** A pool that is full is left alone for a while. */
	private static boolean needsItsOwn(Row row) {
		return row.moment().equals("after") || row.code().equals("pool-full");
	}

	private void startThroughItsOwn(Row row) {
		// Who gets a connection that is about to end may have been heard.
		String idle = "--sluice.pools[0].idle-timeout=" + (row.moment().equals("after") ? "1ms" : "200s");
		ConfigurableApplicationContext own = gateway(this.ingress.address(), "20s", "lease", idle);
		for (String times : List.of("once", "once with key", "always")) {
			start(row, times, own, "lease");
			pause();
		}
	}

	/** Longer than a connection may be idle, so that the next one is another. */
	private static void pause() {
		try {
			Thread.sleep(20);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void startInMode(String mode) {
		ConfigurableApplicationContext own = gateway(this.ingress.address(), "20s", mode);
		smoke().forEach((row) -> TIMES.forEach((times) -> start(row, times, own, mode)));
	}

	private void start(Row row, String times, ConfigurableApplicationContext through, String mode) {
		String name = "case-" + this.cases.incrementAndGet();
		this.plans.put(name, new Plan(row, times.equals("always"), ConcurrentHashMap.newKeySet()));
		try {
			HttpResponse<String> answer = post(Processes.address(through), name, row.moment().equals("running"),
					times.endsWith("key"));
			this.seen.put(name(row, times, mode), new Seen(name, answer.statusCode(), JSON.readTree(answer.body()),
					answer.headers().firstValue("Retry-After").orElse("")));
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(name(row, times, mode), ex);
		}
	}

	private Seen seen(Row row, String times, String mode) {
		Seen one = this.seen.get(name(row, times, mode));
		assertThat(one).isNotNull();
		return one;
	}

	private static String name(Row row, String times, String mode) {
		return row.name() + " " + times + " " + mode;
	}

	private long runs(String name) throws IOException {
		Path written = folder.resolve(name);
		return Files.exists(written) ? Files.readAllLines(written).size() : 0;
	}

	private int postUnchecked(URI to) {
		try {
			return post(to, "case-0", false, false).statusCode();
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private HttpResponse<String> post(URI to, String name, boolean sleeps, boolean key)
			throws IOException, InterruptedException {
		String code = "echo run >> " + folder.resolve(name) + (sleeps ? "; sleep 0.4" : "") + "; echo 42";
		HttpRequest.Builder request = HttpRequest.newBuilder(to.resolve("/api/v2/execute"))
			.header("Content-Type", "application/json")
			.timeout(Duration.ofSeconds(60))
			.POST(HttpRequest.BodyPublishers
				.ofString("{\"language\":\"bash\",\"version\":\"*\",\"files\":[{\"content\":\"" + code + "\"}]}"));
		if (key) {
			request.header("Idempotency-Key", name);
		}
		return this.client.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	/** What the ingress does with a request. */
	private Reply answer(String request) throws IOException {
		Matcher named = CASE.matcher(request);
		Plan plan = named.find() ? this.plans.get(named.group()) : null;
		if (plan == null || !plan.befalls("call")) {
			return reply(deliver(request), Then.KEEP);
		}
		String fault = plan.row().fault();
		return switch (plan.row().moment()) {
			case "undelivered" -> fault.equals("slow") ? slow(deliver(request)) : raw(fault);
			case "running" -> {
				CompletableFuture<HttpResponse<String>> running = send(request);
				Path written = folder.resolve(named.group());
				await().atMost(10, TimeUnit.SECONDS)
					.pollInterval(Duration.ofMillis(10))
					.until(() -> Files.exists(written) && Files.size(written) > 0);
				if (fault.equals("twice")) {
					yield reply(deliver(request), Then.KEEP);
				}
				running.cancel(true);
				yield raw(fault);
			}
			case "delivered" -> {
				HttpResponse<String> answer = deliver(request);
				yield fault.equals("slow") ? slow(answer)
						: fault.equals("twice") ? reply(deliver(request), Then.KEEP) : raw(fault);
			}
			case "mid-body" -> half(deliver(request), fault);
			case "after" -> after(deliver(request), id(request), fault);
			default -> throw new IllegalArgumentException(plan.row().moment());
		};
	}

	private static String id(String request) {
		return request.replaceAll("(?s).*(Sluice-Execution: [0-9a-f]+).*", "$1\n");
	}

	private static Reply slow(HttpResponse<String> answer) {
		try {
			Thread.sleep(300);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return reply(answer, Then.KEEP);
	}

	private static Reply half(HttpResponse<String> answer, String fault) {
		String body = answer.body();
		String half = body.substring(0, body.length() / 2);
		String chunked = "HTTP/1.1 200 OK\nSluice-Adapter: 1\n" + JSON_TYPE + "Transfer-Encoding: chunked\n\n"
				+ Integer.toHexString(half.length()) + "\r\n" + half + "\r\n";
		return switch (fault) {
			case "no-last-chunk" -> new Reply(chunked, Then.CLOSE);
			case "no-chunk" -> new Reply(chunked + "this is no chunk\r\n", Then.CLOSE);
			default -> new Reply("HTTP/1.1 200 OK\nSluice-Adapter: 1\n" + JSON_TYPE + "Content-Length: " + body.length()
					+ "\n\n" + half, then(fault));
		};
	}

	private static Reply after(HttpResponse<String> answer, String id, String fault) {
		Reply whole = Reply.whole(200, "Sluice-Adapter: 1\n" + id + JSON_TYPE, answer.body());
		String stray = """
				HTTP/1.1 200 OK
				Sluice-Adapter: 1
				Sluice-Execution: 0123456789abcdef0123456789abcdef
				Content-Type: application/json
				Content-Length: 42

				{"run":{"stdout":"a stranger's","code":0}}""".replace("\n", "\r\n");
		return switch (fault) {
			case "stray" -> new Reply(whole.bytes() + stray, Then.KEEP);
			case "reset" -> new Reply(whole.bytes(), Then.RESET_LATER);
			default -> new Reply(whole.bytes(), then(fault));
		};
	}

	private static Reply raw(String fault) {
		return switch (fault) {
			case "401" -> azure(401, "Unauthorized", "The token has expired");
			case "403" -> Reply.whole(403, "", "");
			case "403-body" -> azure(403, "Forbidden", "The identity may not execute");
			case "400-properties" -> azure(400, "SessionPropertiesMissing", "The properties are missing");
			case "adapter-400" ->
				Reply.whole(400, "Sluice-Adapter: 1\n" + JSON_TYPE, "{\"message\":\"bash-9 runtime is unknown\"}");
			case "adapter-busy" -> Reply.whole(429, "Sluice-Adapter: 1\n" + JSON_TYPE,
					"{\"message\":\"It is busy\",\"code\":\"engine-busy\",\"executed\":\"no\",\"retryable\":true}");
			case "401-cut", "429-cut", "502-cut" -> new Reply("HTTP/1.1 " + fault.substring(0, 3) + " Status\n"
					+ JSON_TYPE + "Content-Length: 100\n\n{\"error\":", Then.CLOSE);
			case "400-identifier" ->
				azure(400, "SessionRequestValidationFailed", "Missing required parameter 'identifier'");
			case "400-length" -> azure(400, "InvalidLengthOfSessionIdentifier", "The identifier is too short");
			case "400-form" -> azure(400, "SessionRequestNotSupported", "The request is not supported");
			case "404-not-found" -> Reply.whole(404, JSON_TYPE, "{\"message\":\"Not Found\"}");
			case "404-full" -> azure(404, "SessionPoolFull", "There is no session");
			case "429" -> azure(429, "SessionPoolFull", "Error happened when allocating pod");
			case "429-retry-after" -> Reply.whole(429, "Retry-After: 1\n", "");
			case "307" -> Reply.whole(307, "Location: http://127.0.0.1:1/\n", "");
			case "500" -> Reply.whole(500, "", "");
			case "502", "503" -> Reply.whole(Integer.parseInt(fault), "Content-Type: text/plain\n",
					"upstream connect error or disconnect/reset before headers");
			case "504" -> Reply.whole(504, "", "stream timeout");
			case "507" -> Reply.whole(507, "", "");
			case "html" -> Reply.whole(200, "Content-Type: text/html\n", "<html>Sign in</html>");
			case "not-json" -> Reply.whole(200, JSON_TYPE, "it said 42");
			case "cut-json" -> Reply.whole(200, JSON_TYPE, "{\"run\":{\"stdout\":\"42\\n\"");
			case "empty" -> Reply.whole(200, JSON_TYPE, "");
			case "no-http" -> new Reply("220 mail.example ESMTP\n\n", Then.CLOSE);
			case "half-head" -> new Reply("HTTP/1.1 200 OK\nContent-", Then.CLOSE);
			default -> new Reply("", then(fault));
		};
	}

	private static Then then(String fault) {
		return switch (fault) {
			case "reset" -> Then.RESET;
			case "close" -> Then.CLOSE;
			case "hang" -> Then.HANG;
			default -> throw new IllegalArgumentException(fault);
		};
	}

	private static Reply azure(int status, String code, String message) {
		return Reply.whole(status, JSON_TYPE + "x-ms-error-code: " + code + "\n",
				"{\"error\":{\"code\":\"" + code + "\",\"message\":\"" + message + "\",\"target\":null}}");
	}

	private static Reply reply(HttpResponse<String> answer, Then then) {
		String incarnation = answer.headers()
			.firstValue("Sluice-Incarnation")
			.map((life) -> "Sluice-Incarnation: " + life + "\n")
			.orElse("");
		Reply whole = Reply.whole(answer.statusCode(), "Sluice-Adapter: 1\n" + incarnation + JSON_TYPE, answer.body());
		return new Reply(whole.bytes(), then);
	}

	private HttpResponse<String> deliver(String request) throws IOException {
		try {
			return send(request).get(30, TimeUnit.SECONDS);
		}
		catch (ExecutionException | InterruptedException | TimeoutException ex) {
			throw new IOException(ex);
		}
	}

	private CompletableFuture<HttpResponse<String>> send(String request) {
		String[] start = request.substring(0, request.indexOf("\r\n")).split(" ", -1);
		HttpRequest.Builder copy = HttpRequest.newBuilder(this.adapter.resolve(start[1]));
		request.substring(0, request.indexOf("\r\n\r\n")).lines().skip(1).forEach((line) -> {
			String[] header = line.split(": ", 2);
			if (header[0].startsWith("Sluice-") || header[0].equalsIgnoreCase("content-type")) {
				copy.header(header[0], header[1]);
			}
		});
		byte[] body = request.substring(request.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.UTF_8);
		return this.client.sendAsync(copy.method(start[0], HttpRequest.BodyPublishers.ofByteArray(body)).build(),
				HttpResponse.BodyHandlers.ofString());
	}

}
