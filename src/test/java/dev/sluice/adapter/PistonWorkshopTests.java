package dev.sluice.adapter;

import java.net.URI;
import java.time.Duration;

import dev.sluice.RawServer;
import dev.sluice.RawServer.Then;
import dev.sluice.execution.Answer;
import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import dev.sluice.execution.ExecutorContract;
import dev.sluice.execution.FailureCode;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;

class PistonWorkshopTests extends ExecutorContract {

	private static final String JSON = "Content-Type: application/json\n";

	private final RawServer piston = new RawServer();

	@Override
	protected void close() {
		this.piston.close();
	}

	@Override
	protected Executor completing() {
		this.piston.answers(200, JSON, "{\"run\":{\"stdout\":\"42\\n\",\"status\":null}}");
		return workshop(this.piston.address());
	}

	@Override
	protected Executor failing() {
		this.piston.answers(500, "", "");
		return workshop(this.piston.address());
	}

	@Override
	protected Executor endless() {
		this.piston.answers("", Then.HANG);
		return workshop(this.piston.address());
	}

	@Override
	protected Execution execution() {
		return execution("bash", "echo 42");
	}

	@Override
	protected int held() {
		return this.piston.open();
	}

	@Test
	void thePistonGetsTheBodyAsItCameAndNoCredentials() {
		completing().execute(execution()).flatMapMany(Answer::body).blockLast(Duration.ofSeconds(5));
		assertThat(this.piston.requests()).singleElement().satisfies((request) -> {
			assertThat(request).startsWith("POST /api/v2/execute HTTP/1.1\r\n").contains("\"content\":\"echo 42\"");
			assertThat(request.toLowerCase(java.util.Locale.ROOT)).doesNotContain("authorization");
		});
	}

	@Test
	void thePistonsRefusalIsTheClientsOwnFault() {
		this.piston.answers(400, JSON, "{\"message\":\"python-9 runtime is unknown\"}");
		assertFails(workshop(this.piston.address()), FailureCode.INVALID_REQUEST, Executed.NO,
				"python-9 runtime is unknown");
	}

	@Test
	void aFailedSandboxIsNoVerdict() {
		this.piston.answers(200, JSON, "{\"run\":{\"stdout\":\"\",\"status\":\"XX\"}}");
		assertFails(workshop(this.piston.address()), FailureCode.SANDBOX_FAILED, Executed.UNKNOWN, "sandbox");
	}

	@Test
	void halfAnAnswerIsNoVerdict() {
		this.piston.answers("HTTP/1.1 200 OK\n" + JSON + "Content-Length: 100\n\n{\"run\":{", Then.CLOSE);
		assertFails(workshop(this.piston.address()), FailureCode.ENGINE_UNAVAILABLE, Executed.UNKNOWN, "broke");
	}

	@Test
	void whatStandsBeforeAPistonMayHaveLetTheProgramThrough() {
		this.piston.answers(503, "", "upstream connect error");
		assertFails(workshop(this.piston.address()), FailureCode.ENGINE_UNAVAILABLE, Executed.UNKNOWN,
				"the program may have got there");
	}

	@Test
	void whatIsNoPistonIsNamed() {
		this.piston.answers(404, JSON, "{}");
		assertFails(workshop(this.piston.address()), FailureCode.ENGINE_UNAVAILABLE, Executed.NO,
				"sluice.adapter.piston-url");
		StepVerifier.create(piston(this.piston.address()).runtimes())
			.expectError(ExecutionFailure.class)
			.verify(Duration.ofSeconds(5));
	}

	@Test
	void aPistonThatIsNotThereIsNamed() {
		this.piston.close();
		assertFails(workshop(this.piston.address()), FailureCode.ENGINE_UNAVAILABLE, Executed.NO, "start it");
	}

	private static void assertFails(Executor workshop, FailureCode code, Executed executed, String message) {
		StepVerifier.create(workshop.execute(execution("bash", "echo"))).expectErrorSatisfies((error) -> {
			ExecutionFailure failure = (ExecutionFailure) error;
			assertThat(failure.code()).isEqualTo(code);
			assertThat(failure.executed()).isEqualTo(executed);
			assertThat(failure.message()).contains(message);
		}).verify(Duration.ofSeconds(5));
	}

	private static Executor workshop(URI address) {
		Deduplication deduplication = new Deduplication(piston(address), Adapters.settings(), Duration.ofSeconds(10),
				Schedulers.parallel());
		return (execution) -> deduplication.executeUnnamed(execution, Form.ANSWER);
	}

	private static PistonWorkshop piston(URI address) {
		return new PistonWorkshop(address, Adapters.settings("piston-timeout=30s", "max-answer=1MB"));
	}

}
