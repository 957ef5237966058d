package dev.sluice.piston;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class VerdictCheckTests {

	@ParameterizedTest
	@ValueSource(strings = { "{\"run\":{}}", " {\"run\" : {\"code\":0 , \"signal\":null}}\n",
			"{\"language\":\"c\",\"run\":{\"stdout\":\"}\\\"{\\\\\",\"code\":-1.5e+3,\"status\":\"RE\"},\"x\":[[],{},[1,2]]}",
			"{\"run\":{\"stdout\":\"XX\",\"x\":{\"status\":\"XX\"}}}", "{\"x\":{\"status\":\"XX\"},\"run\":{}}",
			"{\"run\":{\"stdout\":\"\u00e4\u20ac\\u00e4\"}}" })
	void aVerdictIsOneHoweverItIsCut(String text) {
		assertThat(isVerdict(text, 1)).isTrue();
		assertThat(isVerdict(text, 3)).isTrue();
		assertThat(isVerdict(text, 1000)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "null", "42", "\"run\"", "[]", "[{\"run\":{}}]", "{}", "{\"run\":null}",
			"{\"run\":[]}", "{\"run\":{}", "{\"run\":{}}}", "{\"run\":{}}{}", "{\"run\":{}},", "{\"run\":{},}",
			"{\"run\":{\"a\"}}", "{\"run\":{\"a\":}}", "{\"run\":{\"a\":1 2}}", "{\"run\":{\"a\":tru}}",
			"{\"run\":{\"a\":01}}", "{\"run\":{\"a\":\"\\x\"}}", "{\"run\":{\"a\":\"\\u00g0\"}}",
			"{\"run\":{\"a\":\"\n\"}}", "{\"run\":{\"a\":1]}", "{\"run\":{a:1}}", "{\"x\":{\"run\":{}}}",
			"{\"run\":{\"status\":\"XX\"}}", "{\"run\":{},\"compile\":{\"code\":1,\"status\":\"XX\"}}" })
	void whatIsNoneIsNone(String text) {
		assertThat(isVerdict(text, 1)).isFalse();
		assertThat(isVerdict(text, 1000)).isFalse();
	}

	private static boolean isVerdict(String text, int part) {
		VerdictCheck check = new VerdictCheck();
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		for (int i = 0; i < bytes.length; i += part) {
			check.read(ByteBuffer.wrap(bytes, i, Math.min(part, bytes.length - i)));
		}
		return check.isVerdict();
	}

}
