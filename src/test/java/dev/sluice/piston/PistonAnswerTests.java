package dev.sluice.piston;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.Stage;
import dev.sluice.execution.StageResult;
import dev.sluice.execution.Status;
import dev.sluice.execution.Stream;
import dev.sluice.execution.Verdict;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PistonAnswerTests {

	@Test
	void aVerdictIsWrittenWithAllOfPistonsFields() {
		StageResult compile = new StageResult(0, null, null, null, 2048L, Duration.ofMillis(3), Duration.ofMillis(4));
		StageResult run = new StageResult(null, "SIGKILL", Status.TO, "Time limit exceeded", null, null,
				Duration.ofSeconds(3));
		LanguageRuntime runtime = new LanguageRuntime("c", "12.2.0", List.of(), "gcc");
		assertThat(laid(new Verdict(runtime, compile, run))).isEqualTo(
				"{\"compile\":{\"signal\":null,\"stdout\":\"<compile stdout>\",\"stderr\":\"<compile stderr>\",\"code\":0,\"output\":\"<compile both>\","
						+ "\"memory\":2048,\"message\":null,\"status\":null,\"cpu_time\":3,\"wall_time\":4},"
						+ "\"run\":{\"signal\":\"SIGKILL\",\"stdout\":\"<run stdout>\",\"stderr\":\"<run stderr>\",\"code\":null,"
						+ "\"output\":\"<run both>\",\"memory\":null,\"message\":\"Time limit exceeded\",\"status\":\"TO\","
						+ "\"cpu_time\":null,\"wall_time\":3000},\"language\":\"c\",\"version\":\"12.2.0\"}");
	}

	@Test
	void theSandboxesOwnFailureIsNoVerdict() {
		assertThat(isVerdict("{\"run\":{\"status\":null}}")).isTrue();
		assertThat(isVerdict("{\"run\":{\"status\":\"RE\"},\"compile\":{\"status\":null}}")).isTrue();
		assertThat(isVerdict("{\"run\":{\"status\":\"XX\"}}")).isFalse();
		assertThat(isVerdict("{\"run\":{\"status\":null},\"compile\":{\"status\":\"XX\"}}")).isFalse();
		assertThat(isVerdict("{}")).isFalse();
		assertThat(isVerdict("")).isFalse();
		assertThat(isVerdict("{\"run\":{\"st")).isFalse();
	}

	private static String laid(Verdict verdict) {
		StringBuilder json = new StringBuilder();
		PistonAnswer.lay(verdict, new PistonAnswer.Layout() {

			@Override
			public void json(byte[] piece) {
				json.append(new String(piece, StandardCharsets.UTF_8));
			}

			@Override
			public void text(Stage stage, @Nullable Stream stream) {
				json.append('<').append(stage.text()).append(' ');
				json.append((stream != null) ? stream.text() : "both").append('>');
			}

		});
		return json.toString();
	}

	private static boolean isVerdict(String answer) {
		return PistonAnswer.isVerdict(answer.getBytes(StandardCharsets.UTF_8));
	}

}
