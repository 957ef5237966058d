package dev.sluice.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests that are refused before their bodies are read, and what comes behind them.
 */
class LeftoverTests {

	private final LoopbackServer server = LoopbackServer
		.start(RouterFunctions.route(RequestPredicates.all(), (request) -> Mono.<ServerResponse>error(
				ExecutionFailure.refused(FailureCode.UNSUPPORTED_MEDIA_TYPE, "It is refused by its head"))));

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	void theNextRequestOnTheConnectionIsAnsweredToo() throws IOException {
		try (Socket socket = connect()) {
			for (int i = 0; i < 2_000; i++) {
				send(socket, "Content-Length: 2", "{}");
				assertThat(status(socket)).isEqualTo("HTTP/1.1 415");
			}
		}
	}

	@Test
	void whoSendsMuchFirstAndReadsThenGetsToItsAnswer() throws IOException, InterruptedException {
		try (HttpClient client = HttpClient.newHttpClient()) {
			for (int size = 300_000; size < 6_000_000; size += 300_000) {
				HttpRequest request = HttpRequest.newBuilder(this.server.address())
					.timeout(Duration.ofSeconds(10))
					.POST(HttpRequest.BodyPublishers.ofByteArray(new byte[size]))
					.build();
				assertThat(client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode()).isEqualTo(415);
			}
		}
	}

	@Test
	void whatDoesNotComeHoldsNoAnswerUp() throws IOException {
		try (Socket socket = connect()) {
			send(socket, "Content-Length: 9999999", "{}");
			assertThat(status(socket)).isEqualTo("HTTP/1.1 415");
		}
	}

	@Test
	void whoAsksFirstWhetherToSendIsNotToldTo() throws IOException {
		try (Socket socket = connect()) {
			send(socket, "Content-Length: 2\r\nExpect: 100-continue", "");
			String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(answer).startsWith("HTTP/1.1 415");
		}
	}

	private Socket connect() throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.server.address().getPort());
		socket.setTcpNoDelay(true);
		socket.setSoTimeout(5_000);
		return socket;
	}

	/** Head and body are two packets, as some clients send them. */
	private static void send(Socket socket, String length, String body) throws IOException {
		socket.getOutputStream()
			.write(("POST / HTTP/1.1\r\nHost: localhost\r\n" + length + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
		socket.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
	}

	private static String status(Socket socket) throws IOException {
		InputStream in = socket.getInputStream();
		StringBuilder head = new StringBuilder();
		while (head.indexOf("\r\n\r\n") < 0) {
			int next = in.read();
			assertThat(next).as(head.toString()).isNotNegative();
			head.append((char) next);
		}
		int length = Integer.parseInt(head.toString().replaceAll("(?is).*content-length: (\\d+).*", "$1"));
		in.readNBytes(length);
		return head.substring(0, 12);
	}

}
