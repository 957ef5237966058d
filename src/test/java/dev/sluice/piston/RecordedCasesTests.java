package dev.sluice.piston;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Program;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Our reading of requests beside a real Piston's.
 */
class RecordedCasesTests {

	private static final PistonLimits PISTONS = new PistonLimits(Duration.ofSeconds(10), Duration.ofSeconds(3),
			Duration.ofSeconds(10), Duration.ofSeconds(3), -1, -1);

	/** Piston runs these, breaks, or gives a stack trace; we refuse them in words. */
	private static final Set<String> REFUSED_BETTER = Set.of("134-args-number", "137-name-escape", "138-name-absolute",
			"142-args-nul");

	/** Piston's test for a name that leaves the folder refuses this one too. */
	private static final Set<String> ACCEPTED_BETTER = Set.of("143-name-dotdot-prefix");

	static List<RecordedCase> accepted() {
		return RecordedCase.executions()
			.stream()
			.filter((recorded) -> recorded.status() == 200 || ACCEPTED_BETTER.contains(recorded.name()))
			.filter((recorded) -> !REFUSED_BETTER.contains(recorded.name()))
			.toList();
	}

	static List<RecordedCase> refused() {
		return RecordedCase.executions()
			.stream()
			.filter((recorded) -> recorded.status() == 400 || REFUSED_BETTER.contains(recorded.name()))
			.toList();
	}

	@ParameterizedTest
	@MethodSource("accepted")
	void whatPistonRunsIsAcceptedInTheSameLanguageAndVersion(RecordedCase recorded) {
		Program program = program(recorded);
		if (!ACCEPTED_BETTER.contains(recorded.name())) {
			assertThat(program.runtime().language()).isEqualTo(recorded.response().path("language").asString());
			assertThat(program.runtime().version()).isEqualTo(recorded.response().path("version").asString());
		}
	}

	@ParameterizedTest
	@MethodSource("refused")
	void whatPistonRefusesIsRefusedInTheSameWords(RecordedCase recorded) {
		String message = recorded.response().path("message").asString("");
		assertThatExceptionOfType(ExecutionFailure.class).isThrownBy(() -> program(recorded)).satisfies((failure) -> {
			assertThat(failure.code()).isEqualTo(FailureCode.INVALID_REQUEST);
			if (message.isEmpty()) {
				assertThat(failure.message()).hasSizeGreaterThan(10).doesNotContain("tools.jackson");
			}
			else {
				assertThat(failure.message()).isEqualTo(message);
			}
		});
	}

	private static Program program(RecordedCase recorded) {
		ByteBuffer body = ByteBuffer.wrap(recorded.body().getBytes(StandardCharsets.UTF_8));
		return PistonRequest.read(body).program(RecordedCase.runtimes(), (runtime) -> PISTONS);
	}

}
