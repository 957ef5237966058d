package dev.sluice.piston;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class PistonFailureTests {

	@ParameterizedTest
	@EnumSource(FailureCode.class)
	void aFailureIsNeverASuccessAndSurvivesTheWire(FailureCode code) {
		ExecutionFailure failure = ExecutionFailure.of(code, "Words", Executed.NO, false);
		int status = PistonFailure.status(code);
		assertThat(status).isBetween(400, 504);
		assertThat(status == 401).isEqualTo(code == FailureCode.UNAUTHENTICATED);
		ExecutionFailure read = PistonFailure.read(status, text(failure));
		assertThat(Objects.requireNonNull(read).code()).isEqualTo(code);
		assertThat(read.message()).isEqualTo("Words");
		assertThat(read.executed()).isEqualTo(Executed.NO);
	}

	@Test
	void whatFailedOnTheWayIsTyped() {
		ExecutionFailure failure = ExecutionFailure.broken(FailureCode.POOL_BROKE, Executed.UNKNOWN, "It \"broke\"")
			.afterAttempts(2);
		assertThat(text(failure)).isEqualTo(
				"{\"message\":\"It \\\"broke\\\"\",\"code\":\"pool-broke\",\"executed\":\"unknown\",\"retryable\":false,\"attempts\":2}");
	}

	@Test
	void theClientsOwnFaultsAreToldAsPistonTellsThem() {
		assertThat(text(ExecutionFailure.refused(FailureCode.NOT_FOUND, "Not Found")))
			.isEqualTo("{\"message\":\"Not Found\"}");
	}

	@Test
	void halfASurrogatePairIsNotRepeated() {
		assertThat(text(ExecutionFailure.refused(FailureCode.INVALID_REQUEST, "\ud800-3 runtime is unknown")))
			.isEqualTo("{\"message\":\"?-3 runtime is unknown\"}");
	}

	@Test
	void otherBodiesAreNoFailuresOfOurs() {
		assertThat(PistonFailure.read(502, "<html>")).isNull();
		assertThat(PistonFailure.read(502, "{\"message\":\"x\"}")).isNull();
		assertThat(PistonFailure.read(502, "{\"message\":\"x\",\"code\":\"nonsense\"}")).isNull();
	}

	private static String text(ExecutionFailure failure) {
		return new String(PistonFailure.write(failure), StandardCharsets.UTF_8);
	}

}
