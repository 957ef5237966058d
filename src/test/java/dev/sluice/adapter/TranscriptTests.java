package dev.sluice.adapter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import dev.sluice.execution.Event;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.Stage;
import dev.sluice.execution.StageResult;
import dev.sluice.execution.Stream;
import dev.sluice.execution.Verdict;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class TranscriptTests {

	private static final Duration WITHIN = Duration.ofSeconds(20);

	private static final Heartbeats HEARTBEATS = new Heartbeats(Duration.ofMinutes(1), Schedulers.parallel());

	private static final LanguageRuntime RUNTIME = new LanguageRuntime("c", "12.2.0", List.of(), "gcc");

	private static final StageResult WELL = new StageResult(0, null, null, null, 1L, Duration.ZERO, Duration.ZERO);

	private static final JsonMapper JSON = new JsonMapper();

	private final Random random = new Random(5);

	private final Map<Stage, StringBuilder> stdout = new EnumMap<>(Stage.class);

	private final Map<Stage, StringBuilder> stderr = new EnumMap<>(Stage.class);

	private final Map<Stage, StringBuilder> output = new EnumMap<>(Stage.class);

	@AfterEach
	void noFileIsLeftOpen() {
		await().atMost(5, TimeUnit.SECONDS).until(() -> openFiles() == 0);
	}

	@ParameterizedTest
	@ValueSource(strings = { "0B", "1B", "37B", "4KB", "33KB", "256KB", "64MB" })
	void theAnswerIsWhatWasWrittenWhereverItIsKept(String memory) {
		Transcript transcript = new Transcript(Adapters.settings("spool-memory=" + memory));
		Verdict verdict = write(transcript);
		transcript.end(transcript.concluded(verdict));
		String answer = text(Reading.answer(transcript));
		JsonNode tree = JSON.readTree(answer);
		for (Stage stage : Stage.values()) {
			assertThat(tree.path(stage.text()).path("stdout").asString()).isEqualTo(this.stdout.get(stage).toString());
			assertThat(tree.path(stage.text()).path("stderr").asString()).isEqualTo(this.stderr.get(stage).toString());
			assertThat(tree.path(stage.text()).path("output").asString()).isEqualTo(this.output.get(stage).toString());
		}
		assertThat(answer).startsWith("{\"compile\":{\"signal\":null,\"stdout\":\"")
			.endsWith("},\"language\":\"c\",\"version\":\"12.2.0\"}");
		List<String> lines = events(transcript).lines().toList();
		assertThat(lines.getLast()).isEqualTo("{\"type\":\"result\"," + answer.substring(1));
		assertThat(written(lines)).isEqualTo(this.output.get(Stage.COMPILE).toString() + this.output.get(Stage.RUN));
		assertThat(text(Reading.answer(transcript))).isEqualTo(answer);
		transcript.letGo();
	}

	@ParameterizedTest
	@ValueSource(strings = { "0B", "33KB", "64MB" })
	void readersFollowWhoWrites(String memory) throws Exception {
		Transcript transcript = new Transcript(Adapters.settings("spool-memory=" + memory));
		Flux<DataBuffer> events = Reading.events(transcript, HEARTBEATS, null, Schedulers.parallel());
		CompletableFuture<String> eager = whole(events).toFuture();
		CompletableFuture<String> slow = whole(events.delayElements(Duration.ofMillis(1)).limitRate(1)).toFuture();
		Verdict verdict = write(transcript);
		transcript.end(transcript.concluded(verdict));
		String after = events(transcript);
		String heartbeat = "{\"type\":\"heartbeat\"}\n";
		assertThat(eager.get(20, TimeUnit.SECONDS).replace(heartbeat, "")).isEqualTo(after);
		assertThat(slow.get(20, TimeUnit.SECONDS).replace(heartbeat, "")).isEqualTo(after);
		transcript.letGo();
	}

	@Test
	void aRunThatIsItsFailedCompilationHasItsText() {
		Transcript transcript = new Transcript(Adapters.settings());
		transcript.add(new Event.Chosen(RUNTIME));
		transcript.add(new Event.Began(Stage.COMPILE));
		transcript.add(new Event.Wrote(Stream.STDERR, "no \"x\"\n"));
		StageResult failed = new StageResult(1, null, null, null, null, null, null);
		transcript.add(new Event.Exited(Stage.COMPILE, failed));
		transcript.end(transcript.concluded(new Verdict(RUNTIME, failed, failed)));
		JsonNode tree = JSON.readTree(text(Reading.answer(transcript)));
		assertThat(tree.path("run")).isEqualTo(tree.path("compile"));
		assertThat(tree.path("run").path("output").asString()).isEqualTo("no \"x\"\n");
		transcript.letGo();
	}

	@Test
	void theFileIsGoneWithTheLastWhoHoldsIt() {
		Transcript transcript = new Transcript(Adapters.settings("spool-memory=1KB"));
		write(transcript);
		assertThat(openFiles()).isEqualTo(1);
		assertThat(transcript.hold()).isTrue();
		transcript.letGo();
		assertThat(openFiles()).isEqualTo(1);
		transcript.letGo();
		await().atMost(5, TimeUnit.SECONDS).until(() -> openFiles() == 0);
		assertThat(transcript.hold()).isFalse();
		transcript.add(new Event.Wrote(Stream.STDOUT, "late"));
	}

	@Test
	void aReaderWhoLeavesDoesNotDisturbAnother() {
		Transcript transcript = new Transcript(Adapters.settings("spool-memory=0B"));
		Verdict verdict = write(transcript);
		transcript.end(transcript.concluded(verdict));
		String whole = text(Reading.answer(transcript));
		for (int round = 0; round < 50; round++) {
			StepVerifier.create(Reading.answer(transcript), 1)
				.expectNextCount(1)
				.thenRequest(5)
				.thenCancel()
				.verify(WITHIN);
		}
		assertThat(text(Reading.answer(transcript))).isEqualTo(whole);
		transcript.letGo();
	}

	@Test
	void aDiskThatTakesNothingIsTold(@TempDir Path folder) throws IOException {
		Transcript transcript = new Transcript(Adapters.settings("spool-memory=0B", "spool-folder=" + folder));
		Files.delete(folder);
		assertThatExceptionOfType(ExecutionFailure.class).isThrownBy(() -> transcript.add(new Event.Chosen(RUNTIME)))
			.satisfies((failure) -> assertThat(failure.message()).contains("sluice.adapter.spool-folder"));
		transcript.letGo();
		Files.createDirectory(folder);
	}

	static long openFiles() {
		try (java.util.stream.Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
			return open.filter(TranscriptTests::isSpool).count();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** One may be closed while it is looked at. */
	private static boolean isSpool(Path open) {
		try {
			return Files.readSymbolicLink(open).toString().contains(Spool.NAME);
		}
		catch (IOException ex) {
			return false;
		}
	}

	private Verdict write(Transcript transcript) {
		transcript.add(new Event.Chosen(RUNTIME));
		for (Stage stage : Stage.values()) {
			this.stdout.put(stage, new StringBuilder());
			this.stderr.put(stage, new StringBuilder());
			this.output.put(stage, new StringBuilder());
			transcript.add(new Event.Began(stage));
			for (int count = 0; count < 300; count++) {
				wrote(transcript, stage, this.random.nextInt(3) > 0 ? Stream.STDOUT : Stream.STDERR);
			}
			transcript.add(new Event.Exited(stage, WELL));
		}
		return new Verdict(RUNTIME, WELL, WELL);
	}

	private void wrote(Transcript transcript, Stage stage, Stream stream) {
		int length = (this.random.nextInt(50) == 0) ? this.random.nextInt(70_000) : 1 + this.random.nextInt(20);
		StringBuilder text = new StringBuilder();
		while (text.length() < length) {
			text.append(List.of("a", "\n", "\"", "\\", "é", "😀", "\0", "plain words ").get(this.random.nextInt(8)));
		}
		transcript.add(new Event.Wrote(stream, text.toString()));
		((stream == Stream.STDOUT) ? this.stdout : this.stderr).get(stage).append(text);
		this.output.get(stage).append(text);
	}

	private static String written(List<String> lines) {
		return lines.stream()
			.filter((line) -> line.startsWith("{\"type\":\"data\""))
			.map((line) -> JSON.readTree(line).path("data").asString())
			.collect(Collectors.joining());
	}

	private static String events(Transcript transcript) {
		return text(Reading.events(transcript, HEARTBEATS, null, Schedulers.parallel()));
	}

	/** A buffer may end within a character. */
	private static String text(Flux<DataBuffer> buffers) {
		return Objects.requireNonNull(whole(buffers).block(WITHIN));
	}

	private static Mono<String> whole(Flux<DataBuffer> buffers) {
		return DataBufferUtils.join(buffers).map((buffer) -> buffer.toString(StandardCharsets.UTF_8));
	}

}
