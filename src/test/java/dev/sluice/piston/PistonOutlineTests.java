package dev.sluice.piston;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import com.sun.management.ThreadMXBean;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.LanguageRuntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PistonOutlineTests {

	private static final PistonLimits LIMITS = new PistonLimits(Duration.ofSeconds(10), Duration.ofSeconds(3),
			Duration.ofSeconds(10), Duration.ofSeconds(3), -1, -1);

	private static final List<LanguageRuntime> RUNTIMES = RecordedCase.runtimes();

	private static final String ENCODED = "is not valid in the encoding that it names";

	@ParameterizedTest
	@ValueSource(strings = { "\"args\":\"a\\u0000b\"", "\"args\":[\"a\",\"b\\u0000\"]", "\"args\":[[\"\\u0000\"]]",
			"\"args\":[{\"a\":\"\\u0000\"}]", "\"args\":[\"\\\\u0000\"]", "\"args\":\"\\\\u0000\"", "\"args\":[1,null]",
			"\"args\":5", "\"args\":0", "\"args\":{}", "\"args\":true", "\"args\":false", "\"args\":null",
			"\"args\":\"\"", "\"args\":[\"\\\"\\u0000\"]", "\"stdin\":5", "\"stdin\":0", "\"stdin\":[]",
			"\"stdin\":\"x\"", "\"stdin\":false", "\"stdin\":null", "\"stdin\":true", "\"run_timeout\":\"1\"",
			"\"run_timeout\":[]", "\"run_timeout\":{\"a\":1}", "\"run_timeout\":\"\"", "\"run_timeout\":3001",
			"\"files\":[{\"name\":\"../x\",\"content\":\"\"}]", "\"files\":[{\"name\":{},\"content\":\"\"}]",
			"\"files\":[{\"name\":[1],\"content\":\"\"}]", "\"files\":[{\"encoding\":{},\"content\":\"\"}]",
			"\"files\":[{\"name\":\"\\ud800\",\"content\":\"\"}]",
			"\"files\":[{\"name\":\"\\u0000\",\"content\":\"\"}]", "\"files\":[{\"content\":\"a\",\"content\":\"b\"}]",
			"\"stdin\":\"a\",\"stdin\":\"b\"", "\"stdin\":\"\\x\"", "\"stdin\":\"\\u12\"", "\"stdin\":\"",
			"\"args\":[\"", "\"args\":[\"\\u000" })
	void itIsRightWhereAllOfTheRequestIs(String field) {
		String files = field.contains("\"files\"") ? "" : "\"files\":[{\"content\":\"\"}],";
		assertThat(outline(body(files + field))).isEqualTo(whole(body(files + field)));
		assertThat(outline(body(field + (files.isEmpty() ? "" : ",\"files\":[{\"content\":\"\"}]"))))
			.isEqualTo(whole(body(field + (files.isEmpty() ? "" : ",\"files\":[{\"content\":\"\"}]"))));
	}

	@Test
	void itIsRightWhereAllOfTheRequestIsHoweverItIsMutilated() {
		List<byte[]> bodies = RecordedCase.executions()
			.stream()
			.map((recorded) -> recorded.body().getBytes(StandardCharsets.UTF_8))
			.toList();
		List<byte[]> pieces = new ArrayList<>();
		for (String piece : List.of("\"", "\\", "\\u0000", "\\ud800", "{", "}", "[", "]", ",", ":", "null", "5",
				"1e999", "true", "\"args\":", "\"stdin\":", "\"files\":", "\"language\":\"python\",", "\0", "\u00e9",
				"[[[[[[")) {
			pieces.add(piece.getBytes(StandardCharsets.UTF_8));
		}
		pieces.add(new byte[] { (byte) 0xc0, (byte) 0x80 });
		pieces.add(new byte[] { (byte) 0xff });
		Random random = new Random(5);
		for (int i = 0; i < 20_000; i++) {
			byte[] body = bodies.get(random.nextInt(bodies.size()));
			for (int times = random.nextInt(3); times >= 0; times--) {
				body = mutilated(body, pieces.get(random.nextInt(pieces.size())), random);
			}
			String all = whole(body);
			if (!all.contains(ENCODED)) {
				assertThat(outline(body)).as(new String(body, StandardCharsets.UTF_8)).isEqualTo(all);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"files\":[{\"content\":\"\"},{\"encoding\":\"base64\",\"content\":\"%s\"}]",
			"\"files\":[{\"content\":\"\"}],\"stdin\":\"%s\"", "\"files\":[{\"content\":\"\"}],\"args\":\"%s\"",
			"\"files\":[{\"content\":\"\"}],\"args\":[\"%s\"]", "\"files\":[{\"content\":\"\"}],\"unknown\":\"%s\"",
			"\"files\":[{\"content\":\"\",\"name\":\"%s\"}]", "\"files\":[{\"content\":\"\"}],\"run_timeout\":\"%s\"" })
	void whatIsLongTakesNoMoreMemoryThanItsBytes(String field) {
		byte[] body = body(field.formatted("QUJD".repeat(4 * 1024 * 1024)));
		outline(body("\"files\":[{\"content\":\"\"}]"));
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long before = threads.getCurrentThreadAllocatedBytes();
		outline(body);
		assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1024 * 1024);
	}

	@ParameterizedTest
	@ValueSource(strings = { "UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32" })
	void anotherEncodingThanUtf8IsNotGuessed(Charset charset) {
		byte[] body = new String(body("\"files\":[]"), StandardCharsets.UTF_8).getBytes(charset);
		assertThat(outline(body)).contains("not in UTF-8");
		assertThat(whole(body)).contains("not in UTF-8");
	}

	@Test
	void withoutARuntimeOnlyWhatIsWrongWithAnyIsRefused() {
		assertThat(withoutRuntime("\"files\":[]")).isEmpty();
		assertThat(withoutRuntime("\"files\":[],\"run_timeout\":999999")).isEmpty();
		assertThat(withoutRuntime("\"files\":[],\"run_timeout\":true")).contains("must be a number");
		assertThat(withoutRuntime("\"files\":[],\"stdin\":5")).contains("stdin must be");
		assertThat(withoutRuntime("\"files\":[{\"name\":\"/x\",\"content\":\"\"}]"))
			.contains("must be a relative path");
	}

	private static String withoutRuntime(String fields) {
		return said(() -> PistonOutline.read(ByteBuffer.wrap(body(fields))).checkWithoutRuntime());
	}

	private static String outline(byte[] body) {
		return said(() -> {
			PistonOutline outline = PistonOutline.read(ByteBuffer.wrap(body));
			outline.check(outline.choose(RUNTIMES), LIMITS);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"language\":\"python\"", "{\"files\":[{", "{\"language\":\"py" })
	void aBodyThatEndsEarlyIsToldWithoutWhatIsTheParsers(String body) {
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		assertThat(whole(bytes)).contains("line 1").doesNotContain("Source", "StreamReadFeature");
		assertThat(said(() -> PistonOutline.read(ByteBuffer.wrap(bytes)))).doesNotContain("Source",
				"StreamReadFeature");
	}

	private static String whole(byte[] body) {
		return said(() -> PistonRequest.read(ByteBuffer.wrap(body)).program(RUNTIMES, (runtime) -> LIMITS));
	}

	private static String said(Runnable check) {
		try {
			check.run();
			return "";
		}
		catch (ExecutionFailure failure) {
			return failure.message();
		}
	}

	private static byte[] body(String fields) {
		return ("{\"language\":\"python\",\"version\":\"*\"," + fields + "}").getBytes(StandardCharsets.UTF_8);
	}

	private static byte[] mutilated(byte[] body, byte[] piece, Random random) {
		int at = random.nextInt(body.length + 1);
		int cut = random.nextBoolean() ? 0 : Math.min(random.nextInt(20), body.length - at);
		byte[] result = Arrays.copyOf(body, body.length + piece.length - cut);
		System.arraycopy(piece, 0, result, at, piece.length);
		System.arraycopy(body, at + cut, result, at + piece.length, body.length - at - cut);
		return result;
	}

}
