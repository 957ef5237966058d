package dev.sluice;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.sluice.piston.RecordedCase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What was recorded of a real Piston, asked of the whole chain with Piston's own limits.
 * Versions are those of this machine; the folder that programs run in has another name.
 */
class RecordedChainTests {

	private static final JsonMapper JSON = new JsonMapper();

	/** What does not apply, or is better here; each is a line of the README. */
	private static final Map<String, String> OTHERWISE = Map.ofEntries(
			Map.entry("022-ok-file-runtime", "there is no runtime of that name"),
			Map.entry("032-compile-warning", "the program's own signal is told, and not a shell's status for it"),
			Map.entry("044-signal-kill-ppid", "a program can't signal what launched it"),
			Map.entry("077-tmp-home", "a program's environment and folders are ours"),
			Map.entry("138-name-absolute", "a name that is absolute is refused"),
			Map.entry("142-args-nul", "a NUL in an argument is refused"));

	/** Selectors of a version that this machine may not have. */
	private static final Pattern OTHER_VERSION = Pattern.compile("15[hijk]-semver");

	/** Code, stderr and what arrived in which order vary from run to run. */
	private static final Set<String> VARIES = Set.of("OL", "EL");

	private static final Pattern LINE = Pattern
		.compile("\\[ *(\\d+) ms] (?:(-->|<--) (?:\\((binary)\\) )?(\\{.*)|close (\\d+ )\"(.*)\"|open)");

	private static final Processes PROCESSES = new Processes();

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private static URI gateway;

	@BeforeAll
	static void start() {
		gateway = PROCESSES.gateway("--sluice.engine.output=1024B");
	}

	@AfterAll
	static void close() {
		CLIENT.shutdownNow();
		PROCESSES.close();
	}

	static Stream<RecordedCase> executions() {
		return RecordedCase.all()
			.stream()
			.filter((recorded) -> recorded.method().equals("POST") && recorded.path().equals("/api/v2/execute"))
			.filter((recorded) -> recorded.status() == 200 && !OTHERWISE.containsKey(recorded.name()))
			.filter((recorded) -> !OTHER_VERSION.matcher(recorded.name()).matches());
	}

	@ParameterizedTest
	@MethodSource("executions")
	void aVerdictIsPistons(RecordedCase recorded) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(gateway.resolve(recorded.path()))
			.header("Content-Type", recorded.sentType())
			.timeout(Duration.ofSeconds(30))
			.POST(HttpRequest.BodyPublishers.ofString(recorded.body()))
			.build();
		HttpResponse<String> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(recorded.status());
		assertThat(answer.headers().firstValue("Content-Type")).hasValue(recorded.contentType());
		JsonNode ours = JSON.readTree(answer.body());
		JsonNode pistons = recorded.response();
		assertThat(List.copyOf(ours.propertyNames())).isEqualTo(List.copyOf(pistons.propertyNames()));
		assertThat(ours.path("language")).isEqualTo(pistons.path("language"));
		assertThat(ours.path("version").asString()).matches("\\d+\\.\\d+\\.\\d+");
		for (String stage : List.of("compile", "run")) {
			if (pistons.has(stage)) {
				assertStage(pistons.path(stage), ours.path(stage));
			}
		}
	}

	private static void assertStage(JsonNode pistons, JsonNode ours) {
		assertThat(List.copyOf(ours.propertyNames())).isEqualTo(List.copyOf(pistons.propertyNames()));
		boolean varies = VARIES.contains(pistons.path("status").asString(""));
		for (String field : pistons.propertyNames()) {
			switch (field) {
				case "memory", "cpu_time", "wall_time" -> assertThat(ours.path(field).isNumber()).isTrue();
				case "code", "stderr", "output" -> {
					if (!varies) {
						assertThat(comparable(field, ours)).isEqualTo(comparable(field, pistons));
					}
				}
				default -> assertThat(ours.path(field)).as(field).isEqualTo(pistons.path(field));
			}
		}
	}

	/** Of what came over two streams only what came is sure, and not in which order. */
	private static String comparable(String field, JsonNode stage) {
		String text = stage.path(field).asString("").replaceAll("/[\\w./-]*/(?=[\\w.]+\", line)", "");
		return field.equals("output") ? text.lines().sorted().toList().toString() : text;
	}

	@ParameterizedTest
	@ValueSource(strings = { "01-cat-stdin", "04-data-before-init", "06-invalid-signal", "10-unknown-runtime",
			"11-missing-language", "12-unknown-type", "13-compile", "15-timeout", "18-stdin-field-ignored",
			"19-args-and-exit", "23-binary-init" })
	void aConversationIsPistons(String name) throws Exception {
		Talk talk = talk(name);
		assertThat(talk.heard()).isEqualTo(talk.recorded());
	}

	@ParameterizedTest
	@ValueSource(strings = { "07-valid-signal", "07b-sigkill" })
	void aSignalArrivesAsItDoesNotInPiston(String name) throws Exception {
		List<String> heard = talk(name).heard();
		assertThat(String.join("", heard)).contains(name.equals("07b-sigkill")
				? "\"exit\",\"stage\":\"run\",\"code\":null,\"signal\":\"SIGKILL\"" : "\"data\":\"trapped\\n");
		assertThat(heard.getLast()).isEqualTo("close 4999 Job Completed");
	}

	/** What was recorded, and what came of saying the same at the same times. */
	private record Talk(List<String> recorded, List<String> heard) {
	}

	private static Talk talk(String name) throws Exception {
		List<String> recorded = new ArrayList<>();
		Ear ear = new Ear();
		URI address = URI.create("ws://127.0.0.1:" + gateway.getPort() + "/api/v2/connect");
		WebSocket socket = CLIENT.newWebSocketBuilder().buildAsync(address, ear).get(5, TimeUnit.SECONDS);
		long begin = System.nanoTime();
		for (String line : recording(name)) {
			Matcher parts = LINE.matcher(line);
			if (!parts.matches()) {
				continue;
			}
			String json = parts.group(4);
			if ("-->".equals(parts.group(2))) {
				Duration since = Duration.ofNanos(System.nanoTime() - begin);
				Thread.sleep(Math.max(0, Long.parseLong(parts.group(1)) - since.toMillis()));
				say(socket, json, parts.group(3) != null);
			}
			else if (json != null) {
				recorded.add(json);
			}
			else if (parts.group(5) != null) {
				recorded.add("close " + parts.group(5) + parts.group(6));
			}
		}
		ear.closed.get(20, TimeUnit.SECONDS);
		return new Talk(relaxed(recorded), relaxed(ear.heard));
	}

	private static void say(WebSocket socket, String json, boolean binary) throws Exception {
		CompletableFuture<WebSocket> said = binary
				? socket.sendBinary(ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)), true)
				: socket.sendText(json, true);
		said.get(5, TimeUnit.SECONDS);
	}

	/** Two streams come in any order. */
	private static List<String> relaxed(List<String> messages) {
		List<String> relaxed = new ArrayList<>();
		messages.forEach((message) -> relaxed.add(message.replaceAll("\"version\":\"[^\"]*\"", "\"version\":\"x\"")));
		int errors = relaxed.indexOf("{\"type\":\"data\",\"stream\":\"stderr\",\"data\":\"e\\n\"}");
		if (errors > 0) {
			String moved = relaxed.remove(errors);
			relaxed.add(moved);
		}
		return relaxed;
	}

	private static List<String> recording(String name) throws IOException {
		try (InputStream lines = RecordedChainTests.class.getResourceAsStream("/piston-v2/ws/ws-" + name + ".txt")) {
			return new String(Objects.requireNonNull(lines).readAllBytes(), StandardCharsets.UTF_8).lines().toList();
		}
	}

	/** Hears a conversation to its end. */
	private static final class Ear implements WebSocket.Listener {

		private final List<String> heard = new CopyOnWriteArrayList<>();

		private final CompletableFuture<Boolean> closed = new CompletableFuture<>();

		private final StringBuilder begun = new StringBuilder();

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
			this.begun.append(data);
			if (last) {
				this.heard.add(this.begun.toString());
				this.begun.setLength(0);
			}
			socket.request(1);
			return null;
		}

		@Override
		public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
			this.heard.add("close " + code + " " + reason);
			this.closed.complete(true);
			return null;
		}

		@Override
		public void onError(WebSocket socket, Throwable error) {
			this.closed.completeExceptionally(error);
		}

	}

}
