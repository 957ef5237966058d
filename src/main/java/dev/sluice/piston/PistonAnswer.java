package dev.sluice.piston;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

import dev.sluice.execution.Stage;
import dev.sluice.execution.StageResult;
import dev.sluice.execution.Verdict;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * The 200 of {@code POST /api/v2/execute}.
 */
public final class PistonAnswer {

	private static final JsonMapper JSON = Json.MAPPER;

	private PistonAnswer() {
	}

	/**
	 * Writes a verdict.
	 * @param verdict what the program did
	 * @param texts what each stage that began wrote; a run that is only its failed
	 * compilation wrote the same
	 * @return the JSON in UTF-8
	 */
	public static byte[] write(Verdict verdict, Map<Stage, StageText> texts) {
		StageText compiled = texts.getOrDefault(Stage.COMPILE, StageText.NONE);
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
		try (JsonGenerator json = JSON.createGenerator(bytes)) {
			json.writeStartObject();
			if (verdict.compile() != null) {
				write(json, "compile", verdict.compile(), compiled);
			}
			write(json, "run", verdict.run(), texts.getOrDefault(Stage.RUN, compiled));
			json.writeStringProperty("language", verdict.runtime().language());
			json.writeStringProperty("version", verdict.runtime().version());
			json.writeEndObject();
		}
		return bytes.toByteArray();
	}

	/**
	 * What the run wrote to standard output.
	 * @param answer the JSON in UTF-8
	 * @return the text; null where the bytes are no whole Piston answer
	 */
	public static @Nullable String stdout(byte[] answer) {
		JsonNode run = tree(answer).path("run");
		return run.path("stdout").isString() ? run.path("stdout").stringValue() : null;
	}

	/**
	 * Whether the bytes are a verdict: Piston's shape, and no stage in which the sandbox
	 * itself failed (status XX).
	 * @param answer the JSON in UTF-8
	 * @return whether they may be handed to a client as one
	 */
	public static boolean isVerdict(byte[] answer) {
		VerdictCheck check = new VerdictCheck();
		check.read(ByteBuffer.wrap(answer));
		return check.isVerdict();
	}

	/**
	 * Lets an answer pass that is too long to be held, under the same conditions.
	 * @param answer its bytes
	 * @param noVerdict what it fails with behind its last byte, where it is no verdict
	 * @return the same bytes
	 */
	public static Flux<DataBuffer> checked(Flux<DataBuffer> answer, Supplier<? extends Throwable> noVerdict) {
		return VerdictCheck.checked(answer, noVerdict);
	}

	private static JsonNode tree(byte[] answer) {
		try {
			return JSON.readTree(answer);
		}
		catch (JacksonException ex) {
			return JSON.missingNode();
		}
	}

	private static void write(JsonGenerator json, String name, StageResult stage, StageText text) {
		json.writeName(name);
		json.writeStartObject();
		json.writeStringProperty("signal", stage.signal());
		json.writeStringProperty("stdout", text.stdout());
		json.writeStringProperty("stderr", text.stderr());
		writeNumber(json, "code", (stage.code() != null) ? Long.valueOf(stage.code()) : null);
		json.writeStringProperty("output", text.output());
		writeNumber(json, "memory", stage.memory());
		json.writeStringProperty("message", stage.message());
		json.writeStringProperty("status", (stage.status() != null) ? stage.status().name() : null);
		writeNumber(json, "cpu_time", millis(stage.cpuTime()));
		writeNumber(json, "wall_time", millis(stage.wallTime()));
		json.writeEndObject();
	}

	private static void writeNumber(JsonGenerator json, String name, @Nullable Long value) {
		json.writeName(name);
		if (value != null) {
			json.writeNumber(value.longValue());
		}
		else {
			json.writeNull();
		}
	}

	private static @Nullable Long millis(@Nullable Duration time) {
		return (time != null) ? time.toMillis() : null;
	}

}
