package dev.sluice.piston;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.InputItem;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Stage;
import dev.sluice.execution.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PistonEventsTests {

	@Test
	void anAnswerBecomesItsEventsInOrder() {
		String answer = "{\"compile\":{\"stdout\":\"\",\"stderr\":\"w\\n\",\"code\":0,\"signal\":null},"
				+ "\n\"run\":{\"stdout\":\"a\\\"\\n\",\"stderr\":\"\",\"code\":null,\"signal\":\"SIGKILL\"},"
				+ "\"language\":\"c\",\"version\":\"12.2.0\"}";
		assertThat(lines(answer)).containsExactly("{\"type\":\"runtime\",\"language\":\"c\",\"version\":\"12.2.0\"}\n",
				"{\"type\":\"stage\",\"stage\":\"compile\"}\n",
				"{\"type\":\"data\",\"stream\":\"stderr\",\"data\":\"w\\n\"}\n",
				"{\"type\":\"exit\",\"stage\":\"compile\",\"code\":0,\"signal\":null}\n",
				"{\"type\":\"stage\",\"stage\":\"run\"}\n",
				"{\"type\":\"data\",\"stream\":\"stdout\",\"data\":\"a\\\"\\n\"}\n",
				"{\"type\":\"exit\",\"stage\":\"run\",\"code\":null,\"signal\":\"SIGKILL\"}\n",
				"{\"type\":\"result\"," + answer.substring(1).replace('\n', ' ') + "\n");
	}

	@Test
	void whatDidNotCompileDidNotRun() {
		String stage = "{\"stdout\":\"\",\"stderr\":\"no\",\"code\":1,\"signal\":null}";
		assertThat(lines("{\"compile\":" + stage + ",\"run\":" + stage + ",\"language\":\"c\",\"version\":\"12.2.0\"}"))
			.hasSize(5)
			.noneMatch((line) -> line.startsWith("{\"type\":\"stage\",\"stage\":\"run\""));
	}

	@Test
	void escapedTextsMayBePutTogether() {
		String[] texts = { "a\"\\\n\0", "é\uFFFD\u2028", "😀\u0085", "\u007F/" };
		StringBuilder escaped = new StringBuilder();
		for (String text : texts) {
			escaped.append(new String(PistonEvents.escaped(text), StandardCharsets.UTF_8));
		}
		assertThat("\"" + escaped + "\"").isEqualTo(new JsonMapper().writeValueAsString(String.join("", texts)));
	}

	@Test
	void linesAreWrittenAsAgreed() {
		assertThat(text(PistonEvents.heartbeat())).isEqualTo("{\"type\":\"heartbeat\"}\n");
		assertThat(text(PistonEvents.end())).isEqualTo("{\"type\":\"end\"}\n");
		assertThat(text(PistonEvents.exit(Stage.RUN, 3, null)))
			.isEqualTo("{\"type\":\"exit\",\"stage\":\"run\",\"code\":3,\"signal\":null}\n");
		assertThat(text(PistonEvents.beforeText(Stream.STDERR)) + "x" + text(PistonEvents.behindText()))
			.isEqualTo("{\"type\":\"data\",\"stream\":\"stderr\",\"data\":\"x\"}\n");
		assertThat(text(
				PistonEvents.error(ExecutionFailure.broken(FailureCode.SANDBOX_FAILED, Executed.UNKNOWN, "It broke"))))
			.isEqualTo("{\"type\":\"error\",\"message\":\"It broke\",\"code\":\"sandbox-failed\","
					+ "\"executed\":\"unknown\",\"retryable\":false,\"attempts\":0}\n");
	}

	@Test
	void aBatchOfInputSurvivesTheWire() {
		InputBatch batch = new InputBatch(7,
				List.of(new InputItem.Text("a\n"), new InputItem.Signal("SIGINT"), new InputItem.EndOfFile()));
		byte[] written = batch.write();
		assertThat(text(written)).isEqualTo("{\"from\":7,\"input\":[{\"type\":\"data\",\"data\":\"a\\n\"},"
				+ "{\"type\":\"signal\",\"signal\":\"SIGINT\"},{\"type\":\"eof\"}]}");
		assertThat(InputBatch.read(ByteBuffer.wrap(written))).isEqualTo(batch);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{", "[]", "{\"from\":0}", "{\"from\":-1,\"input\":[]}", "{\"from\":0.5,\"input\":[]}",
			"{\"from\":99999999999999999999,\"input\":[]}", "{\"from\":0,\"input\":[{}]}", "{\"from\":0,\"input\":[7]}",
			"{\"from\":0,\"input\":[{\"type\":\"data\"}]}",
			"{\"from\":0,\"input\":[{\"type\":\"signal\",\"signal\":2}]}" })
	void whatIsNoInputIsRefusedInWords(String body) {
		assertThatExceptionOfType(ExecutionFailure.class)
			.isThrownBy(() -> InputBatch.read(ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8))))
			.satisfies((failure) -> assertThat(failure.code()).isEqualTo(FailureCode.INVALID_REQUEST));
	}

	private static List<String> lines(String answer) {
		return PistonEvents.of(answer.getBytes(StandardCharsets.UTF_8)).stream().map(PistonEventsTests::text).toList();
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.UTF_8);
	}

}
