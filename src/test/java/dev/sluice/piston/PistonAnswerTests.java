package dev.sluice.piston;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.Stage;
import dev.sluice.execution.StageResult;
import dev.sluice.execution.Status;
import dev.sluice.execution.Verdict;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PistonAnswerTests {

	@Test
	void aVerdictIsWrittenWithAllOfPistonsFields() {
		StageResult compile = new StageResult(0, null, null, null, 2048L, Duration.ofMillis(3), Duration.ofMillis(4));
		StageResult run = new StageResult(null, "SIGKILL", Status.TO, "Time limit exceeded", null, null,
				Duration.ofSeconds(3));
		LanguageRuntime runtime = new LanguageRuntime("c", "12.2.0", List.of(), "gcc");
		assertThat(new String(PistonAnswer.write(new Verdict(runtime, compile, run),
				Map.of(Stage.COMPILE, new StageText("", "", ""), Stage.RUN, new StageText("a\0\uFFFD", "b", "ab"))),
				StandardCharsets.UTF_8))
			.isEqualTo("{\"compile\":{\"signal\":null,\"stdout\":\"\",\"stderr\":\"\",\"code\":0,\"output\":\"\","
					+ "\"memory\":2048,\"message\":null,\"status\":null,\"cpu_time\":3,\"wall_time\":4},"
					+ "\"run\":{\"signal\":\"SIGKILL\",\"stdout\":\"a\\u0000\uFFFD\",\"stderr\":\"b\",\"code\":null,"
					+ "\"output\":\"ab\",\"memory\":null,\"message\":\"Time limit exceeded\",\"status\":\"TO\","
					+ "\"cpu_time\":null,\"wall_time\":3000},\"language\":\"c\",\"version\":\"12.2.0\"}");
	}

	@Test
	void aRunThatIsItsFailedCompilationWroteTheSame() {
		StageResult failed = new StageResult(1, null, Status.RE, "Exited with error status 1", null, null, null);
		Verdict verdict = new Verdict(new LanguageRuntime("c", "12.2.0", List.of(), "gcc"), failed, failed);
		StageText text = new StageText("note", "error", "note error");
		assertThat(PistonAnswer.stdout(PistonAnswer.write(verdict, Map.of(Stage.COMPILE, text)))).isEqualTo("note");
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

	private static boolean isVerdict(String answer) {
		return PistonAnswer.isVerdict(answer.getBytes(StandardCharsets.UTF_8));
	}

}
