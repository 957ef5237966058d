package dev.sluice.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import dev.sluice.execution.Answer;
import dev.sluice.http.HeldBytes;
import dev.sluice.http.LoopbackServer;
import dev.sluice.piston.RecordedCase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What was recorded of a real Piston, asked of ours over HTTP, where no program needs to
 * run to know the answer.
 */
class RecordedHttpTests {

	/** Where Piston's answer is poor: our status, and what our message has. */
	private static final Map<String, String> BETTER = Map.ofEntries(Map.entry("001-root", "200 Sluice"),
			Map.entry("110-files-null-entry", "400 files[0].content is required as a string"),
			Map.entry("131-stdin-number", "400 stdin must be a string"),
			Map.entry("134-args-number", "400 args must be an array of strings"),
			Map.entry("137-name-escape", "400 must not leave the program's folder"),
			Map.entry("138-name-absolute", "400 must be a relative path"),
			Map.entry("142-args-nul", "400 must not hold a NUL character"),
			Map.entry("200-malformed-json", "400 is not valid JSON"),
			Map.entry("201-malformed-json-2", "400 is not valid JSON"),
			Map.entry("204-json-string", "400 is not a JSON object"),
			Map.entry("219-malformed-json-unknown-route", "400 is not valid JSON"),
			Map.entry("301-packages-install-unknown", "501 can't be installed"),
			Map.entry("302-packages-install-none", "501 can't be installed"),
			Map.entry("303-packages-already", "501 can't be installed"),
			Map.entry("305-packages-delete-notinstalled", "501 can't be installed"),
			Map.entry("309-packages-delete-unknown", "501 can't be installed"));

	/** What we let in, and Piston does not. */
	private static final Set<String> LET_IN = Set.of("143-name-dotdot-prefix", "214-ct-upper", "233-emkc-path");

	private static final String VERDICT = "{\"run\":{}}";

	private static LoopbackServer server;

	@BeforeAll
	static void start() {
		server = LoopbackServer.start(TestApi.of(
				(execution) -> Mono.just(Answer.whole(VERDICT.getBytes(StandardCharsets.UTF_8),
						DefaultDataBufferFactory.sharedInstance)),
				DataSize.ofKilobytes(64), new HeldBytes(1 << 20), RecordedCase.runtimes())
			.routes());
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	static List<RecordedCase> cases() {
		return RecordedCase.all();
	}

	@ParameterizedTest
	@MethodSource("cases")
	void anAnswerIsPistonsOrABetterOne(RecordedCase recorded) throws IOException {
		Reply reply = send(recorded.method(), recorded.path(), recorded.sentType(), recorded.body());
		String better = BETTER.get(recorded.name());
		if (better != null) {
			assertThat(reply.status()).isEqualTo(Integer.parseInt(better.substring(0, 3)));
			assertThat(reply.message()).contains(better.substring(4)).doesNotContain("tools.jackson");
			assertThat(reply.type()).isEqualTo("application/json; charset=utf-8");
			return;
		}
		if (LET_IN.contains(recorded.name())) {
			assertThat(reply.status()).isEqualTo(200);
			return;
		}
		assertThat(reply.status()).isEqualTo(recorded.status());
		assertThat(reply.type()).isEqualTo(recorded.contentType());
		if (recorded.path().endsWith("/execute") && recorded.status() == 200) {
			return;
		}
		if (recorded.response().isString()) {
			assertThat(reply.body()).isEqualTo(recorded.response().stringValue());
		}
		else if (recorded.response().isArray()) {
			assertThat(reply.json().size()).isEqualTo(RecordedCase.runtimes().size());
			assertThat(recorded.response()).containsAll(reply.json());
		}
		else if (recorded.response().isNull()) {
			assertThat(reply.body()).isEmpty();
		}
		else {
			assertThat(reply.json()).isEqualTo(recorded.response());
		}
	}

	@ParameterizedTest
	@CsvSource({ "GET, /api/v2/runtimes/, 200", "GET, /API/v2/Piston/runtimes, 200", "GET, /api/v2/runtimes//, 404",
			"POST, /api/v2/piston/EXECUTE/, 200", "POST, /api/v2/execute/, 200", "HEAD, /, 200", "OPTIONS, /, 404",
			"OPTIONS, /api/v2/execute, 200", "OPTIONS, /api/v2/packages, 200", "HEAD, /api/v2/packages, 200",
			"GET, /api/v2/runtimes?x={|}, 200", "GET, /api/v2, 404", "GET, /api/v2x/runtimes, 404",
			"PUT, /api/v2/packages, 404", "GET, /api/v2/piston, 404", "GET, /api/v2/piston/nope, 404", "GET, /%, 404",
			"GET, /api/v2/runtimes%2f, 404" })
	void pathsAreReadAsPistonsServerReadsThem(String method, String path, int status) throws IOException {
		assertThat(send(method, path, "application/json", method.equals("POST") ? TestApi.BODY : "").status())
			.isEqualTo(status);
	}

	@ParameterizedTest
	@CsvSource({ "/api/v2/packages", "/api/v2/piston/packages/" })
	void packagesAreTheRuntimes(String path) throws IOException {
		JsonNode packages = send("GET", path, "", "").json();
		assertThat(packages.size()).isEqualTo(RecordedCase.runtimes().size());
		assertThat(packages.get(0).toString())
			.isEqualTo("{\"language\":\"bash\",\"language_version\":\"5.2.15\",\"installed\":true}");
	}

	private static Reply send(String method, String path, String type, String body) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
			socket.setSoTimeout(10_000);
			byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
			StringBuilder head = new StringBuilder(method).append(' ').append(path).append(" HTTP/1.1\r\n");
			head.append("Host: localhost\r\nConnection: close\r\n");
			if (!type.isEmpty()) {
				head.append("Content-Type: ").append(type).append("\r\n");
			}
			head.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
			socket.getOutputStream().write(head.toString().getBytes(StandardCharsets.UTF_8));
			socket.getOutputStream().write(bytes);
			ByteArrayOutputStream answer = new ByteArrayOutputStream();
			socket.getInputStream().transferTo(answer);
			return new Reply(answer.toString(StandardCharsets.UTF_8));
		}
	}

	/** An answer as it came. */
	private record Reply(String text) {

		int status() {
			return Integer.parseInt(this.text.substring(9, 12));
		}

		String type() {
			return this.text.lines()
				.filter((line) -> line.toLowerCase(Locale.ROOT).startsWith("content-type: "))
				.map((line) -> line.substring(14))
				.findFirst()
				.orElse("");
		}

		String body() {
			return this.text.substring(this.text.indexOf("\r\n\r\n") + 4);
		}

		JsonNode json() {
			return new JsonMapper().readTree(body());
		}

		String message() {
			return json().path("message").asString("");
		}

	}

}
