package dev.sluice.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

/**
 * Clients that keep a server waiting, over real sockets.
 */
class SlowClientsTests {

	private static final Duration TIMEOUT = Duration.ofMillis(300);

	/** What who is not slow keeps to also where the machine is. */
	private static final Duration AMPLE = Duration.ofSeconds(1);

	/** So long nothing happens to who is not slow. */
	private static final Duration LONG = AMPLE.plusMillis(500);

	private static final String HEAD = "GET /now HTTP/1.1\r\nHost: localhost\r\n";

	private static final int WINDOW = 64 * 1024;

	private final AtomicBoolean cancelled = new AtomicBoolean();

	private final Connections connections = new Connections();

	/** One that minds whether it is asked again, and one that does not. */
	private final DisposableServer hasty = server(TIMEOUT, TIMEOUT);

	private final DisposableServer patient = server(TIMEOUT, Duration.ofMinutes(1));

	/** The same with time to spare, for who is to stay. */
	private final DisposableServer hastyLater = server(AMPLE, AMPLE);

	private final DisposableServer patientLater = server(AMPLE, Duration.ofMinutes(1));

	@FunctionalInterface
	private interface Check {

		void run() throws Exception;

	}

	@AfterEach
	void close() {
		this.hasty.disposeNow(Duration.ofSeconds(3));
		this.patient.disposeNow(Duration.ofSeconds(3));
		this.hastyLater.disposeNow(Duration.ofSeconds(3));
		this.patientLater.disposeNow(Duration.ofSeconds(3));
	}

	@Test
	void whoKeepsItWaitingIsCutOff() throws Exception {
		together(this::silence, this::tricklingHead, this::tricklingLaterHead, this::tricklingBodyThatNobodyReads);
		await().atMost(Duration.ofSeconds(5)).until(() -> this.connections.count() == 0);
	}

	@Test
	void whoDoesNotAskAgainIsCutOffLater() throws Exception {
		try (Socket socket = connect(this.hasty)) {
			say(socket, HEAD + "\r\n");
			assertThat(answer(socket)).endsWith("42");
			assertThatIsOver(socket);
		}
	}

	@Test
	void whoDoesNotTakeItsAnswerIsCutOffAndEndsIt() throws Exception {
		try (Socket socket = connect(this.patient)) {
			say(socket, HEAD.replace("now", "endless") + "\r\n");
			await().atMost(Duration.ofSeconds(10)).untilTrue(this.cancelled);
			await().atMost(Duration.ofSeconds(5)).until(() -> this.connections.count() == 0);
		}
	}

	@Test
	void whoIsSlowForAReasonIsNot() throws Exception {
		together(this::waiting, this::thinking, this::takingSlowly, this::webSocket, this::sendingTheRestLater);
	}

	private void silence() throws IOException {
		try (Socket socket = connect(this.patient)) {
			assertThatIsOver(socket);
		}
	}

	private void tricklingHead() throws IOException {
		try (Socket socket = connect(this.patient)) {
			assertThatIOException().isThrownBy(() -> trickle(socket, HEAD));
		}
	}

	private void tricklingLaterHead() throws IOException {
		try (Socket socket = connect(this.patient)) {
			say(socket, HEAD + "\r\n");
			assertThat(answer(socket)).endsWith("42");
			assertThatIOException().isThrownBy(() -> trickle(socket, HEAD));
		}
	}

	private void tricklingBodyThatNobodyReads() throws IOException {
		try (Socket socket = connect(this.patient)) {
			say(socket, HEAD + "Content-Length: 1000\r\n\r\n");
			assertThat(answer(socket)).endsWith("42");
			assertThatIOException().isThrownBy(() -> trickle(socket, "x".repeat(1000)));
		}
	}

	private void sendingTheRestLater() throws IOException, InterruptedException {
		try (Socket socket = connect(this.patientLater)) {
			say(socket, HEAD + "Content-Length: 20\r\n\r\n0123456789");
			assertThat(answer(socket)).endsWith("42");
			for (int i = 0; i < 10; i++) {
				say(socket, "x");
				Thread.sleep(10);
			}
			assertThatStays(socket);
			say(socket, HEAD + "\r\n");
			assertThat(answer(socket)).endsWith("42");
		}
	}

	private void waiting() throws IOException {
		try (Socket socket = connect(this.hastyLater)) {
			say(socket, HEAD.replace("now", "later") + "\r\n");
			assertThat(answer(socket)).endsWith("42");
		}
	}

	private void thinking() throws IOException {
		try (Socket socket = connect(this.patientLater)) {
			say(socket, HEAD + "\r\n");
			assertThat(answer(socket)).endsWith("42");
			assertThatStays(socket);
			say(socket, HEAD + "\r\n");
			assertThat(answer(socket)).endsWith("42");
		}
	}

	private void takingSlowly() throws Exception {
		try (Socket socket = connect(this.patientLater)) {
			say(socket, HEAD.replace("now", "endless") + "\r\n");
			byte[] piece = new byte[WINDOW / 8];
			long until = System.nanoTime() + LONG.toNanos();
			while (System.nanoTime() - until < 0) {
				assertThat(socket.getInputStream().read(piece)).isPositive();
				Thread.sleep(10);
			}
			assertThat(this.cancelled).isFalse();
		}
	}

	private void webSocket() throws IOException {
		try (Socket socket = connect(this.hastyLater)) {
			say(socket, HEAD.replace("now", "socket") + "Upgrade: websocket\r\nConnection: upgrade\r\n"
					+ "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
			byte[] answer = new byte[1024];
			assertThat(new String(answer, 0, socket.getInputStream().read(answer), StandardCharsets.UTF_8))
				.startsWith("HTTP/1.1 101");
			assertThatStays(socket);
		}
	}

	private static void together(Check... checks) throws Exception {
		try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Future<?>> all = new ArrayList<>();
			for (Check check : checks) {
				all.add(each.submit(() -> {
					check.run();
					return null;
				}));
			}
			for (Future<?> one : all) {
				one.get(20, TimeUnit.SECONDS);
			}
		}
	}

	private DisposableServer server(Duration timeout, Duration idleTimeout) {
		ConnectionProperties properties = new ConnectionProperties(timeout, idleTimeout, timeout,
				DataSize.ofKilobytes(8));
		HttpServer routes = HttpServer.create()
			.host("127.0.0.1")
			.port(0)
			.route((all) -> all.get("/now", (request, response) -> response.sendString(Mono.just("42")))
				.get("/later", (request, response) -> response.sendString(Mono.just("42").delayElement(LONG)))
				.get("/endless", (request, response) -> response.send(endless()))
				.get("/socket", (request, response) -> response.sendWebsocket((in, out) -> out.neverComplete())));
		return SlowClients.in(this.connections.of(routes), properties).bindNow();
	}

	private Flux<ByteBuf> endless() {
		return Flux.<ByteBuf>generate((sink) -> sink.next(Unpooled.wrappedBuffer(new byte[4096])))
			.doOnCancel(() -> this.cancelled.set(true));
	}

	private static Socket connect(DisposableServer server) throws IOException {
		Socket socket = new Socket();
		socket.setReceiveBufferSize(WINDOW);
		socket.setTcpNoDelay(true);
		socket.setSoTimeout(10_000);
		socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
		return socket;
	}

	private static void say(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
	}

	/** A letter at a time, each well within the time that there is. */
	private static void trickle(Socket socket, String text) throws IOException, InterruptedException {
		for (int i = 0; i < text.length(); i++) {
			say(socket, text.substring(i, i + 1));
			Thread.sleep(TIMEOUT.toMillis() / 10);
		}
	}

	/** It may have been broken as well as ended. */
	private static void assertThatIsOver(Socket socket) {
		try {
			assertThat(socket.getInputStream().read()).isEqualTo(-1);
		}
		catch (IOException ex) {
			assertThat(ex).isNotInstanceOf(SocketTimeoutException.class);
		}
	}

	private static void assertThatStays(Socket socket) throws IOException {
		socket.setSoTimeout((int) LONG.toMillis());
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> socket.getInputStream().read());
		socket.setSoTimeout(10_000);
	}

	private static String answer(Socket socket) throws IOException {
		StringBuilder answer = new StringBuilder();
		while (answer.indexOf("42") < 0) {
			int next = socket.getInputStream().read();
			assertThat(next).as(answer.toString()).isNotNegative();
			answer.append((char) next);
		}
		return answer.toString();
	}

}
