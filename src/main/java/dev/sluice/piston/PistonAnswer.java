package dev.sluice.piston;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Supplier;

import dev.sluice.execution.Stage;
import dev.sluice.execution.StageResult;
import dev.sluice.execution.Status;
import dev.sluice.execution.Stream;
import dev.sluice.execution.Verdict;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import tools.jackson.core.JacksonException;
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
	 * Takes an answer piece by piece. What a program wrote is not held whole: who takes
	 * the pieces knows where it is.
	 */
	public interface Layout {

		/**
		 * The next piece.
		 * @param piece a part of the JSON in UTF-8
		 */
		void json(byte[] piece);

		/**
		 * The place of what a stage wrote, as {@linkplain PistonEvents#escaped escaped}
		 * text.
		 * @param stage the stage; a run that is only its failed compilation has that
		 * one's text
		 * @param stream where it wrote; null for both, in the order in which they arrived
		 */
		void text(Stage stage, @Nullable Stream stream);

	}

	/**
	 * Lays out a verdict.
	 * @param verdict what the program did
	 * @param layout takes the pieces, in order
	 */
	public static void lay(Verdict verdict, Layout layout) {
		layout.json(bytes("{"));
		if (verdict.compile() != null) {
			lay(Stage.COMPILE, verdict.compile(), layout);
		}
		lay(Stage.RUN, verdict.run(), layout);
		layout.json(bytes("\"language\":" + json(verdict.runtime().language()) + ",\"version\":"
				+ json(verdict.runtime().version()) + "}"));
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

	private static void lay(Stage stage, StageResult result, Layout layout) {
		layout.json(bytes("\"" + stage.text() + "\":{\"signal\":" + json(result.signal()) + ",\"stdout\":\""));
		layout.text(stage, Stream.STDOUT);
		layout.json(bytes("\",\"stderr\":\""));
		layout.text(stage, Stream.STDERR);
		layout.json(bytes("\",\"code\":" + result.code() + ",\"output\":\""));
		layout.text(stage, null);
		Status status = result.status();
		layout.json(bytes("\",\"memory\":" + result.memory() + ",\"message\":" + json(result.message()) + ",\"status\":"
				+ json((status != null) ? status.name() : null) + ",\"cpu_time\":" + millis(result.cpuTime())
				+ ",\"wall_time\":" + millis(result.wallTime()) + "},"));
	}

	private static String json(@Nullable String text) {
		return (text != null) ? JSON.writeValueAsString(text) : "null";
	}

	private static byte[] bytes(String json) {
		return json.getBytes(StandardCharsets.UTF_8);
	}

	private static @Nullable Long millis(@Nullable Duration time) {
		return (time != null) ? time.toMillis() : null;
	}

}
