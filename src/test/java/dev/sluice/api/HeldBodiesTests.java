package dev.sluice.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import dev.sluice.execution.FailureCode;
import dev.sluice.http.HeldBytes;
import dev.sluice.http.LoopbackServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What is held of requests, over real sockets.
 */
class HeldBodiesTests {

	private static final int MOST = 120 * 1024;

	private final HeldBytes held = new HeldBytes(MOST);

	private final List<AutoCloseable> open = new ArrayList<>();

	private final AtomicReference<Execution> executed = new AtomicReference<>();

	private final AtomicReference<String> bytes = new AtomicReference<>("");

	private Executor executor = (execution) -> {
		this.executed.set(execution);
		this.bytes.set(StandardCharsets.UTF_8.decode(execution.body()).toString());
		return Mono.just(answer(Flux.just(buffer("{}"))));
	};

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable closeable : this.open.reversed()) {
			closeable.close();
		}
	}

	@Test
	void aBodyIsReservedBeforeItComesAndGivenBackWhenItsClientLeaves() throws Exception {
		LoopbackServer server = server(DataSize.ofKilobytes(80));
		Socket slow = send(server, "Content-Length: 60000", "");
		awaitHeld(60_000);
		assertThat(answer(send(server, "Content-Length: 70000", ""))).startsWith("HTTP/1.1 503 ")
			.contains("Retry-After: 1\r\n", "\"code\":\"overloaded\",\"executed\":\"no\",\"retryable\":true",
					"sluice.http.max-held");
		assertThat(this.held.held()).isEqualTo(60_000);
		slow.close();
		awaitHeld(0);
	}

	@Test
	void aBodyOfUnknownLengthIsReservedAsItGrows() throws Exception {
		LoopbackServer server = server(DataSize.ofKilobytes(80));
		Socket slow = send(server, "Transfer-Encoding: chunked", chunk(" ".repeat(10_000)));
		awaitHeld(16 * 1024);
		slow.getOutputStream().write(chunk(" ".repeat(10_000)).getBytes(StandardCharsets.US_ASCII));
		awaitHeld(32 * 1024);
		slow.getOutputStream().write(chunk(" ".repeat(40_000)).getBytes(StandardCharsets.US_ASCII));
		awaitHeld(64 * 1024);
		assertThat(answer(send(server, "Transfer-Encoding: chunked", chunk(" ".repeat(70_000)))))
			.startsWith("HTTP/1.1 503 ");
		slow.close();
		awaitHeld(0);
	}

	@Test
	void aBodyOfUnknownLengthIsPutTogether() throws Exception {
		String body = TestApi.BODY.replace("x", "0123456789".repeat(4_000));
		StringBuilder chunks = new StringBuilder();
		for (int i = 0; i < body.length(); i += 7_000) {
			chunks.append(chunk(body.substring(i, Math.min(body.length(), i + 7_000))));
		}
		assertThat(answer(send(server(DataSize.ofKilobytes(80)), "Transfer-Encoding: chunked", chunks + "0\r\n\r\n")))
			.startsWith("HTTP/1.1 200 ");
		assertThat(this.bytes.get()).isEqualTo(body);
		awaitHeld(0);
	}

	@Test
	void aBodyOverTheLimitIsRefusedHoweverItComes() throws Exception {
		LoopbackServer server = server(DataSize.ofKilobytes(1));
		String limit = "larger than the limit of 1024 bytes";
		assertThat(answer(send(server, "Content-Length: 1025", ""))).startsWith("HTTP/1.1 413 ").contains(limit);
		assertThat(answer(send(server, "Transfer-Encoding: chunked", chunk(" ".repeat(1025)))))
			.startsWith("HTTP/1.1 413 ")
			.contains(limit);
		assertThat(answer(sendPacked(server, packed(" ".repeat(100_000))))).startsWith("HTTP/1.1 413 ").contains(limit);
		awaitHeld(0);
	}

	@Test
	void aPackedBodyIsHandedOnUnpacked() throws Exception {
		String body = TestApi.BODY.replace("x", "0123456789".repeat(6_000));
		// It takes more than there is, however often it is sent.
		assertThat(answer(sendPacked(server(DataSize.ofKilobytes(80)), packed(body)))).startsWith("HTTP/1.1 413 ")
			.contains("sluice.http.max-held");
		assertThat(answer(sendPacked(server(DataSize.ofKilobytes(80)), packed(body.substring(0, 20_000)))))
			.startsWith("HTTP/1.1 400 ");
		assertThat(answer(sendPacked(server(DataSize.ofKilobytes(80)), packed(TestApi.BODY + " ".repeat(20_000)))))
			.startsWith("HTTP/1.1 200 ");
		assertThat(this.bytes.get().strip()).isEqualTo(TestApi.BODY);
		awaitHeld(0);
	}

	@Test
	void aBodyThatIsBrokenlyPackedIsTheClientsFault() throws Exception {
		LoopbackServer server = server(DataSize.ofKilobytes(80));
		byte[] whole = packed(TestApi.BODY);
		byte[] cut = Arrays.copyOf(whole, whole.length - 9);
		assertThat(answer(sendPacked(server, cut))).startsWith("HTTP/1.1 400 ").contains("not valid gzip");
		assertThat(answer(sendPacked(server, TestApi.BODY.getBytes(StandardCharsets.UTF_8))))
			.startsWith("HTTP/1.1 400 ")
			.contains("not valid gzip");
		assertThat(answer(send(server, "Content-Encoding: br\r\nContent-Length: 2", "{}"))).startsWith("HTTP/1.1 415 ")
			.contains("packed with gzip");
		assertThat(answer(send(server, "Content-Encoding: gzip\r\nContent-Length: 0", ""))).startsWith("HTTP/1.1 400 ")
			.contains("language is required");
		awaitHeld(0);
	}

	@Test
	void aBodyIsHeldUntilItsClientLeaves() throws Exception {
		this.executor = (execution) -> Mono.never();
		Socket client = send(server(DataSize.ofKilobytes(80)), "Content-Length: " + TestApi.BODY.length(),
				TestApi.BODY);
		awaitHeld(TestApi.BODY.length());
		client.close();
		awaitHeld(0);
	}

	@Test
	void aBodyIsHeldUntilItsAnswerBegins() throws Exception {
		this.executor = (execution) -> {
			this.executed.set(execution);
			return Mono.just(answer(Flux.<DataBuffer>just(buffer("{")).concatWith(Flux.never())));
		};
		Socket client = send(server(DataSize.ofKilobytes(80)), "Content-Length: " + TestApi.BODY.length(),
				TestApi.BODY);
		assertThat(client.getInputStream().readNBytes(12))
			.isEqualTo("HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII));
		assertThat(this.held.held()).isZero();
		client.close();
	}

	@Test
	void aBodyIsGoneFromMemoryOnceItsAnswerBegins() throws Exception {
		AtomicReference<WeakReference<byte[]>> bytes = new AtomicReference<>();
		this.executor = (execution) -> {
			bytes.set(new WeakReference<>(execution.body().array()));
			// As a pool does, which keeps what it needs to know of the execution.
			return Mono.just(answer(Flux.<DataBuffer>just(buffer("{"))
				.concatWith(Flux.never())
				.doOnCancel(() -> this.executed.set(execution))));
		};
		Socket client = send(server(DataSize.ofKilobytes(80)), "Content-Length: " + TestApi.BODY.length(),
				TestApi.BODY);
		assertThat(client.getInputStream().readNBytes(12))
			.isEqualTo("HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII));
		await().atMost(10, TimeUnit.SECONDS).until(() -> {
			System.gc();
			return bytes.get().get() == null;
		});
		client.close();
	}

	@Test
	void aBodyIsHeldUntilItFails() throws Exception {
		this.executor = (execution) -> {
			assertThat(this.held.held()).isEqualTo(TestApi.BODY.length());
			return Mono.error(ExecutionFailure.refused(FailureCode.NO_POOL, "There is none"));
		};
		assertThat(answer(
				send(server(DataSize.ofKilobytes(80)), "Content-Length: " + TestApi.BODY.length(), TestApi.BODY)))
			.startsWith("HTTP/1.1 502 ");
		awaitHeld(0);
	}

	private LoopbackServer server(DataSize maxBody) {
		PistonApi api = TestApi.of((execution) -> this.executor.execute(execution), maxBody, this.held,
				TestApi.RUNTIMES);
		LoopbackServer server = LoopbackServer.start(api.routes());
		this.open.add(server);
		return server;
	}

	private Socket send(LoopbackServer server, String header, String body) throws IOException {
		return send(server, header, body.getBytes(StandardCharsets.UTF_8));
	}

	private Socket sendPacked(LoopbackServer server, byte[] body) throws IOException {
		return send(server, "Content-Encoding: gzip\r\nContent-Length: " + body.length, body);
	}

	private Socket send(LoopbackServer server, String header, byte[] body) throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
		socket.setSoTimeout(10_000);
		this.open.add(socket);
		socket.getOutputStream()
			.write(("POST /api/v2/execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + header
					+ "\r\n\r\n")
				.getBytes(StandardCharsets.US_ASCII));
		socket.getOutputStream().write(body);
		return socket;
	}

	private static String answer(Socket socket) throws IOException {
		ByteArrayOutputStream answer = new ByteArrayOutputStream();
		byte[] piece = new byte[4096];
		while (!answer.toString(StandardCharsets.UTF_8).matches("(?s).*\\r\\n\\r\\n.*[}]\\s*(0\\s*)?")) {
			int count = socket.getInputStream().read(piece);
			if (count < 0) {
				break;
			}
			answer.write(piece, 0, count);
		}
		return answer.toString(StandardCharsets.UTF_8);
	}

	private void awaitHeld(long bytes) {
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.held.held() == bytes);
	}

	private static byte[] packed(String text) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (GZIPOutputStream packing = new GZIPOutputStream(bytes)) {
			packing.write(text.getBytes(StandardCharsets.UTF_8));
		}
		return bytes.toByteArray();
	}

	private static String chunk(String text) {
		return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
	}

	private static Answer answer(Flux<DataBuffer> body) {
		return Answer.streaming(body, () -> {
		});
	}

	private static DataBuffer buffer(String text) {
		return DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

}
