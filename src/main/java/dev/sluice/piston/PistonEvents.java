package dev.sluice.piston;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.Stage;
import dev.sluice.execution.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

/**
 * Events as they are written: one JSON object a line, whose first field is {@code type}.
 * They are those of Piston's WebSocket, with {@code result}, {@code error},
 * {@code heartbeat} and {@code end} beside them. The last one is {@code result},
 * {@code end} or {@code error}; what ends otherwise broke.
 */
public final class PistonEvents {

	/** The media type of such lines. */
	public static final String MEDIA_TYPE = "application/x-ndjson";

	private static final JsonMapper JSON = Json.MAPPER;

	private static final byte[] HEARTBEAT = line((json) -> json.writeStringProperty("type", "heartbeat"));

	private static final byte[] END = line((json) -> json.writeStringProperty("type", "end"));

	private PistonEvents() {
	}

	/**
	 * The line that says nothing but that the connection lives.
	 * @return the line
	 */
	public static byte[] heartbeat() {
		return HEARTBEAT.clone();
	}

	/**
	 * The last line of an interactive execution, which has no result.
	 * @return the line
	 */
	public static byte[] end() {
		return END.clone();
	}

	/**
	 * Tells which runtime was chosen.
	 * @param runtime the runtime
	 * @return the line
	 */
	public static byte[] runtime(LanguageRuntime runtime) {
		return runtime(runtime.language(), runtime.version());
	}

	/**
	 * Tells which runtime was chosen.
	 * @param language its language
	 * @param version its version
	 * @return the line
	 */
	public static byte[] runtime(String language, String version) {
		return line((json) -> {
			json.writeStringProperty("type", "runtime");
			json.writeStringProperty("language", language);
			json.writeStringProperty("version", version);
		});
	}

	/**
	 * Tells that a stage began.
	 * @param stage the stage
	 * @return the line
	 */
	public static byte[] stage(Stage stage) {
		return line((json) -> {
			json.writeStringProperty("type", "stage");
			json.writeStringProperty("stage", stage.text());
		});
	}

	/**
	 * Tells how a stage ended.
	 * @param stage the stage
	 * @param code its exit code; null where a signal ended it
	 * @param signal the signal that ended it
	 * @return the line
	 */
	public static byte[] exit(Stage stage, @Nullable Integer code, @Nullable String signal) {
		return line((json) -> {
			json.writeStringProperty("type", "exit");
			json.writeStringProperty("stage", stage.text());
			json.writeName("code");
			if (code != null) {
				json.writeNumber(code.intValue());
			}
			else {
				json.writeNull();
			}
			json.writeStringProperty("signal", signal);
		});
	}

	/**
	 * Tells that the execution failed after its first event.
	 * @param failure the failure
	 * @return the line, with all that is known of it
	 */
	public static byte[] error(ExecutionFailure failure) {
		return line((json) -> {
			json.writeStringProperty("type", "error");
			json.writeStringProperty("message", failure.message());
			PistonFailure.writeDetails(json, failure);
		});
	}

	/**
	 * What stands before the text in a line that tells what a program wrote.
	 * @param stream where it wrote
	 * @return the line's beginning
	 */
	public static byte[] beforeText(Stream stream) {
		return bytes("{\"type\":\"data\",\"stream\":\"" + stream.text() + "\",\"data\":\"");
	}

	/**
	 * What stands behind that text.
	 * @return the line's end
	 */
	public static byte[] behindText() {
		return bytes("\"}\n");
	}

	/**
	 * A text as it stands between the quotes of a JSON string. Texts that were escaped
	 * one by one may be put together.
	 * @param text whole characters
	 * @return the escaped text in UTF-8
	 */
	public static byte[] escaped(String text) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length() + 16);
		try (JsonGenerator json = JSON.createGenerator(bytes)) {
			json.writeString(text);
		}
		byte[] quoted = bytes.toByteArray();
		return Arrays.copyOfRange(quoted, 1, quoted.length - 1);
	}

	/**
	 * What stands before an answer's own fields in a result: its opening brace is left
	 * out, and a line's end follows it.
	 * @return the line's beginning
	 */
	public static byte[] beforeResult() {
		return bytes("{\"type\":\"result\",");
	}

	/**
	 * Makes events of an answer that came whole, as a Piston gives it.
	 * @param answer a {@linkplain PistonAnswer#isVerdict verdict} in UTF-8
	 * @return all of the lines, the last of which is the result
	 */
	public static List<byte[]> of(byte[] answer) {
		JsonNode tree = JSON.readTree(answer);
		List<byte[]> lines = new ArrayList<>();
		lines.add(runtime(tree.path("language").asString(""), tree.path("version").asString("")));
		JsonNode compile = tree.path("compile");
		if (compile.isObject()) {
			add(lines, Stage.COMPILE, compile);
		}
		if (!compile.isObject() || compile.path("code").asInt(-1) == 0) {
			add(lines, Stage.RUN, tree.path("run"));
		}
		lines.add(result(answer));
		return lines;
	}

	/**
	 * Makes the last event alone of an answer that is too long to be read.
	 * @param answer a verdict in UTF-8
	 * @return its bytes as one line
	 */
	public static Flux<DataBuffer> result(Flux<DataBuffer> answer) {
		AtomicBoolean begun = new AtomicBoolean();
		DataBufferFactory buffers = DefaultDataBufferFactory.sharedInstance;
		Flux<DataBuffer> rest = answer.map((buffer) -> {
			byte[] bytes = new byte[buffer.readableByteCount()];
			buffer.read(bytes);
			DataBufferUtils.release(buffer);
			return buffers.wrap(inLine(bytes, begun));
		});
		return Flux.concat(Mono.fromSupplier(() -> buffers.wrap(beforeResult())), rest,
				Mono.fromSupplier(() -> buffers.wrap(bytes("\n"))));
	}

	/** Without the opening brace, which stands in the line already, and without lines. */
	private static byte[] inLine(byte[] bytes, AtomicBoolean begun) {
		for (int i = 0; i < bytes.length; i++) {
			if (bytes[i] == '\n' || bytes[i] == '\r' || bytes[i] == '{' && begun.compareAndSet(false, true)) {
				bytes[i] = ' ';
			}
		}
		return bytes;
	}

	private static void add(List<byte[]> lines, Stage stage, JsonNode result) {
		lines.add(stage(stage));
		for (Stream stream : Stream.values()) {
			String text = result.path(stream.text()).asString("");
			if (!text.isEmpty()) {
				lines.add(line((json) -> {
					json.writeStringProperty("type", "data");
					json.writeStringProperty("stream", stream.text());
					json.writeStringProperty("data", text);
				}));
			}
		}
		JsonNode code = result.path("code");
		JsonNode signal = result.path("signal");
		lines.add(exit(stage, code.isInt() ? code.intValue() : null, signal.isString() ? signal.stringValue() : null));
	}

	/** A line's end may stand between a JSON's tokens, and nowhere else. */
	private static byte[] result(byte[] answer) {
		byte[] before = beforeResult();
		int brace = 0;
		while (answer[brace] != '{') {
			brace++;
		}
		byte[] line = Arrays.copyOf(before, before.length + answer.length - brace);
		System.arraycopy(answer, brace + 1, line, before.length, answer.length - brace - 1);
		for (int i = before.length; i < line.length; i++) {
			if (line[i] == '\n' || line[i] == '\r') {
				line[i] = ' ';
			}
		}
		line[line.length - 1] = '\n';
		return line;
	}

	private static byte[] line(Consumer<JsonGenerator> fields) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
		try (JsonGenerator json = JSON.createGenerator(bytes)) {
			json.writeStartObject();
			fields.accept(json);
			json.writeEndObject();
		}
		bytes.write('\n');
		return bytes.toByteArray();
	}

	private static byte[] bytes(String json) {
		return json.getBytes(StandardCharsets.UTF_8);
	}

}
