package dev.sluice.piston;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.Program;
import dev.sluice.execution.SourceFile;
import dev.sluice.execution.StageLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

class PistonRequestTests {

	private static final List<LanguageRuntime> RUNTIMES = List.of(
			new LanguageRuntime("python", "3.11.2", List.of("py"), null),
			new LanguageRuntime("python", "3.12.1", List.of("py"), null));

	private static final PistonLimits LIMITS = new PistonLimits(Duration.ofSeconds(10), Duration.ofSeconds(3),
			Duration.ofSeconds(10), Duration.ofSeconds(3), -1, 1000);

	@Test
	void fieldsMayComeInAnyOrder() {
		Program program = program(
				"{\"files\":[{\"content\":\"1\"}],\"version\":\"*\",\"x\":{\"y\":[1]},\"language\":\"py\"}");
		assertThat(program.runtime().version()).isEqualTo("3.12.1");
		assertThat(program.files()).singleElement().satisfies((file) -> {
			assertThat(file.name()).isEqualTo("file0.code");
			assertThat(text(file)).isEqualTo("1");
		});
		assertThat(program.stdin()).isEqualTo("\n");
		assertThat(program.run()).isEqualTo(StageLimits.DEFAULT);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			{"language":"py","language":"py"}                     | is not valid JSON: Duplicate
			{"files":[{"content":"1","content":"2"}]}             | is not valid JSON: Duplicate
			{"language":"py"} x                                   | is not valid JSON
			{"language":"py"} {}                                  | goes on after its end (line 1, column 19)
			{"language":"py",                                     | is not valid JSON: Unexpected end-of-input
			null                                                  | is not a JSON object
			5                                                     | is not a JSON object
			""")
	void aBodyThatIsNoJsonObjectIsRefusedWithWhatAndWhere(String body, String reason) {
		assertRefused(body, "The request body", reason);
	}

	@Test
	void absurdNestingIsRefused() {
		assertRefused("{\"x\":" + "[".repeat(5000) + "]".repeat(5000) + "}", "nested too deeply");
	}

	@ParameterizedTest
	@ValueSource(strings = { "../x", "a/../../x", "/etc/passwd", ".", "a/.", "a/", "./", "a\\u0000b" })
	void aNameThatIsNoFileInTheFolderIsRefused(String name) {
		assertRefused(with("\"files\":[{\"name\":\"" + name + "\",\"content\":\"1\"}]"), "files[0].name must");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a/b.py", "..x.py", "a b", "-c" })
	void aNameInTheFolderIsAccepted(String name) {
		assertThat(program(with("\"files\":[{\"name\":\"" + name + "\",\"content\":\"1\"}]")).files().getFirst().name())
			.isEqualTo(name);
	}

	@ParameterizedTest
	@CsvSource({ "base64, aGk/Pg==, hi?>", "base64, aGk_Pg, hi?>", "base64, 'aGk/\\nPg==', hi?>", "hex, 6869, hi",
			"latin1, hi, hi" })
	void contentIsDecodedAsItsEncodingSays(String encoding, String content, String text) {
		Program program = program(with("\"files\":[{\"content\":\"\"},{\"name\":\"d\",\"encoding\":\"" + encoding
				+ "\",\"content\":\"" + content + "\"}]"));
		assertThat(text(program.files().get(1))).isEqualTo(text);
		assertThat(program.files().get(1).text()).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "base64, a*b", "hex, 6g", "hex, 686" })
	void contentThatIsNotInItsEncodingIsRefused(String encoding, String content) {
		assertRefused(with(
				"\"files\":[{\"content\":\"\"},{\"encoding\":\"" + encoding + "\",\"content\":\"" + content + "\"}]"),
				"files[1].content is not valid");
	}

	@Test
	void limitsAreTakenOver() {
		Program program = program(with("\"files\":[{\"content\":\"\"}],\"run_timeout\":1500,\"run_cpu_time\":0,"
				+ "\"compile_memory_limit\":-1,\"run_memory_limit\":999.5,\"compile_timeout\":null"));
		assertThat(program.run()).isEqualTo(new StageLimits(Duration.ofMillis(1500), StageLimits.NONE, 999L));
		assertThat(program.compile()).isEqualTo(new StageLimits(null, null, StageLimits.UNBOUNDED));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			"run_memory_limit":1001                      | run_memory_limit cannot exceed the configured limit of 1000
			"run_memory_limit":-1                        | run_memory_limit must be non-negative
			"run_timeout":true                           | If specified, run_timeout must be a number
			"run_cpu_time":-1,"compile_timeout":99999    | compile_timeout cannot exceed the configured limit of 10000
			"stdin":5                                    | stdin must be a string
			"stdin":{}                                   | stdin must be a string
			"args":{}                                    | args must be an array of strings
			"args":true                                  | args must be an array of strings
			""")
	void whatIsOutOfBoundsIsRefused(String field, String message) {
		assertRefused(with("\"files\":[{\"content\":\"\"}]," + field), message);
	}

	@Test
	void argumentsAreWrittenAsPistonDoes() {
		Program program = program(
				with("\"files\":[{\"content\":\"\"}],\"args\":[\"a b\",5,1.5,1e3,true,null,[1,[null,2]],{}]"));
		assertThat(program.args()).containsExactly("a b", "5", "1.5", "1000", "true", "null", "1,,2",
				"[object Object]");
	}

	@Test
	void stdinEndsInANewline() {
		assertThat(program(with("\"files\":[{\"content\":\"\"}],\"stdin\":\"a\"")).stdin()).isEqualTo("a\n");
		assertThat(program(with("\"files\":[{\"content\":\"\"}],\"stdin\":\"a\\n\"")).stdin()).isEqualTo("a\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "latest", "", ">>3", "4", "3.11.2-rc1", "99999999999999999999", "a b c" })
	void aSelectorThatFitsNothingIsUnknown(String selector) {
		String message = selector.isEmpty() ? "version is required as a string"
				: "py-" + selector + " runtime is unknown";
		assertRefused("{\"language\":\"py\",\"version\":\"" + selector + "\",\"files\":[]}", message);
	}

	@Test
	void aSelectorThatIsMadeToTakeLongDoesNot() {
		for (String selector : List.of("1" + " ".repeat(20_000) + "- " + " ".repeat(20_000) + "z",
				"1.2.3-" + "a.".repeat(30_000), "1 ".repeat(100_000))) {
			assertTimeoutPreemptively(Duration.ofSeconds(2),
					() -> assertRefused("{\"language\":\"py\",\"version\":\"" + selector + "\",\"files\":[]}",
							"runtime is unknown"));
		}
	}

	@Test
	void numbersOfAnySizeAreRead() {
		String huge = "9".repeat(400);
		assertRefused(with("\"files\":[{\"content\":\"\"}],\"run_timeout\":" + huge), "run_timeout cannot exceed");
		assertRefused(with("\"files\":[{\"content\":\"\"}],\"stdin\":" + huge), "stdin must be a string");
		assertThat(program(with("\"files\":[{\"content\":\"\"}],\"args\":[" + huge + "]")).args())
			.containsExactly("Infinity");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"stdin\":[%s[]]", "\"files\":[%s0]", "\"args\":[%s[]]", "\"x\":[%s{}]" })
	void aBodyOfCountlessValuesIsRefused(String field) {
		assertRefused(with(field.formatted("[],".repeat(300_000))), "too many values");
	}

	@Test
	void readingLeavesTheBodyAsItIs() {
		ByteBuffer body = buffer(with("\"files\":[]"));
		int length = body.remaining();
		PistonRequest.read(body);
		assertThat(body.remaining()).isEqualTo(length);
	}

	private static void assertRefused(String body, String... messages) {
		assertThatExceptionOfType(ExecutionFailure.class).isThrownBy(() -> program(body))
			.satisfies((failure) -> assertThat(failure.message()).contains(messages));
	}

	private static String with(String fields) {
		return "{\"language\":\"py\",\"version\":\"*\"," + fields + "}";
	}

	private static Program program(String body) {
		return PistonRequest.read(buffer(body)).program(RUNTIMES, (runtime) -> LIMITS);
	}

	private static ByteBuffer buffer(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	private static String text(SourceFile file) {
		return StandardCharsets.UTF_8.decode(file.content()).toString();
	}

}
