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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import dev.sluice.RawServer.Reply;
import dev.sluice.emulator.TestEmulators;
import dev.sluice.emulator.TestEmulators.TestEmulator;
import dev.sluice.gateway.Chain;
import dev.sluice.gateway.GatewayProcess;
import dev.sluice.http.HeldBytes;
import dev.sluice.pool.PoolReport;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Operators;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A burst in which most things go wrong, watched by Netty's leak detector.
 */
class LeaksTests {

	private static final int EXECUTIONS = 96;

	private static final int CLIENTS = 12;

	private static final String LONG = "0123456789".repeat(80_000);

	private static final List<String> FAULTS = List.of("full", "not-ready", "reset-before-delivery", "bad-gateway",
			"server-error", "insufficient-storage", "reset-after-delivery", "reset-after-headers", "half-body", "slow",
			"html", "not-json");

	private final Processes processes = new Processes();

	private final HttpClient client = HttpClient.newHttpClient();

	private final Level level = ResourceLeakDetector.getLevel();

	private final Queue<String> leaks = new ConcurrentLinkedQueue<>();

	private final AppenderBase<ILoggingEvent> reports = new AppenderBase<>() {

		@Override
		protected void append(ILoggingEvent event) {
			IThrowableProxy error = event.getThrowableProxy();
			// What else befalls a call whose client has left is told to nobody.
			if (error == null || error.getClassName().equals(IllegalReferenceCountException.class.getName())) {
				LeaksTests.this.leaks.add(event.getFormattedMessage());
			}
		}

	};

	/** Prints much where it is asked to. */
	private final RawServer piston = this.processes.keep(new RawServer()).answersBy((request) -> {
		if (request.startsWith("GET ")) {
			return json("[{\"language\":\"python\",\"version\":\"3.12.1\",\"aliases\":[]}]");
		}
		return json("{\"run\":{\"stdout\":\"" + (request.contains("long") ? LONG : "42")
				+ "\",\"stderr\":\"\",\"code\":0},\"language\":\"python\",\"version\":\"3.12.1\"}");
	});

	@AfterEach
	void close() {
		reporters().forEach((logger) -> logger.detachAppender(this.reports));
		ResourceLeakDetector.setLevel(this.level);
		this.processes.close();
		this.client.close();
	}

	@Test
	void aBurstWithFaultsAndLeaversLeavesNoBufferAndNoSession() throws Exception {
		URI adapter = this.processes.adapter("--sluice.adapter.piston-url=" + this.piston.address());
		TestEmulator pool = this.processes.keep(TestEmulators.before(adapter, faults()));
		ConfigurableApplicationContext gateway = this.processes.keep(Processes.process(GatewayProcess.class,
				GatewayProcess.DEFAULTS, "--sluice.pools[0].name=chain", "--sluice.pools[0].endpoint=" + pool.address(),
				"--sluice.pools[0].credential.kind=static", "--sluice.pools[0].credential.token=test-token",
				"--sluice.pools[0].identifier=lease", "--sluice.pools[0].breaker.minimum-calls=100000",
				"--sluice.retry.backoff=5ms", "--sluice.retry.max-backoff=20ms"));
		URI address = Processes.address(gateway);
		await().atMost(10, TimeUnit.SECONDS).until(() -> send(get(address)).statusCode() == 200);
		watch();
		burst(address);
		await().atMost(10, TimeUnit.SECONDS).untilAsserted(() -> assertNothingIsLeft(gateway));
		assertNoLeakIsReported();
	}

	/** Loggers are set up anew by each process that starts. */
	private void watch() {
		this.reports.start();
		reporters().forEach((logger) -> {
			logger.setLevel(ch.qos.logback.classic.Level.ERROR);
			logger.addAppender(this.reports);
		});
		ResourceLeakDetector.setLevel(Level.PARANOID);
		// What others have left behind is reported before.
		awaitReports();
		this.leaks.clear();
	}

	private void burst(URI address) throws InterruptedException {
		AtomicInteger next = new AtomicInteger();
		List<Thread> clients = new ArrayList<>();
		for (int i = 0; i < CLIENTS; i++) {
			clients.add(Thread.startVirtualThread(() -> {
				for (int number = next.getAndIncrement(); number < EXECUTIONS; number = next.getAndIncrement()) {
					visit(address, number);
				}
			}));
		}
		for (Thread one : clients) {
			assertThat(one.join(Duration.ofSeconds(60))).isTrue();
		}
	}

	private void visit(URI address, int number) {
		String body = "{\"language\":\"python\",\"version\":\"*\",\"files\":[{\"content\":\""
				+ ((number % 3 == 0) ? "long" : "short") + "\"}]}";
		String accept = (number % 4 < 2) ? "application/json" : "application/x-ndjson";
		try {
			if (number % 2 == 0) {
				leave(address, body, accept, number % 5);
			}
			else {
				send(HttpRequest.newBuilder(address.resolve("/api/v2/execute"))
					.header("Content-Type", "application/json")
					.header("Accept", accept)
					.timeout(Duration.ofSeconds(30))
					.POST(HttpRequest.BodyPublishers.ofString(body))
					.build());
			}
		}
		catch (IOException ex) {
			// Some answers break, as they should.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Leaves before the body is there, soon after it, or when the answer has begun. */
	private static void leave(URI address, String body, String accept, int when) throws IOException {
		try (Socket socket = new Socket(address.getHost(), address.getPort())) {
			// A short answer has no 2000 bytes.
			socket.setSoTimeout(300);
			String head = "POST /api/v2/execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: "
					+ accept + "\r\nContent-Length: " + body.length() + "\r\n\r\n";
			String sent = head + ((when == 0) ? body.substring(5) : body);
			socket.getOutputStream().write(sent.getBytes(StandardCharsets.UTF_8));
			if (when > 1) {
				InputStream answer = socket.getInputStream();
				answer.readNBytes((when == 2) ? 1 : 2000);
			}
		}
	}

	private static void assertNothingIsLeft(ConfigurableApplicationContext gateway) {
		Chain chain = gateway.getBean(Chain.class);
		PoolReport report = chain.all().getFirst().report();
		assertThat(report.running()).isZero();
		assertThat(report.sessions().leased()).isZero();
		assertThat(report.sessions().quarantined()).isZero();
		assertThat(chain.waiting()).isZero();
		assertThat(gateway.getBean(HeldBytes.class).held()).isZero();
	}

	private void assertNoLeakIsReported() {
		String ours = awaitReports();
		assertThat(this.leaks).allMatch((leak) -> leak.contains(ours));
	}

	/** A leak that is ours shows that those of before have been reported, too. */
	private String awaitReports() {
		// A leak is reported once.
		String ours = "left behind by the test at " + System.nanoTime();
		ByteBufAllocator.DEFAULT.directBuffer(16).touch(ours);
		await().atMost(10, TimeUnit.SECONDS).until(() -> {
			System.gc();
			ByteBufAllocator.DEFAULT.directBuffer(16).release();
			return this.leaks.stream().anyMatch((leak) -> leak.contains(ours));
		});
		return ours;
	}

	private static String[] faults() {
		return Stream
			.concat(Stream.of("identifiers", "required", "faults.after", "20ms"),
					FAULTS.stream().flatMap((fault) -> Stream.of("faults.rates." + fault, "0.04")))
			.toArray(String[]::new);
	}

	/** The second one tells of what is released twice. */
	private static Stream<Logger> reporters() {
		return Stream.of(ResourceLeakDetector.class, Operators.class)
			.map(LoggerFactory::getLogger)
			.map(Logger.class::cast);
	}

	private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
		return this.client.send(request, HttpResponse.BodyHandlers.ofString());
	}

	private static HttpRequest get(URI address) {
		return HttpRequest.newBuilder(address.resolve("/api/v2/runtimes")).timeout(Duration.ofSeconds(10)).build();
	}

	private static Reply json(String body) {
		return Reply.whole(200, "Content-Type: application/json\n", body);
	}

}
