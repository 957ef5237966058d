package dev.sluice.engine;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.execution.Event;
import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.Program;
import dev.sluice.execution.Stage;
import dev.sluice.execution.StageLimits;
import dev.sluice.execution.Status;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import reactor.core.Disposable;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Who runs, who waits, and who is sent away.
 */
@TestInstance(Lifecycle.PER_CLASS)
class AdmissionTests {

	private final Engine engine = start();

	@AfterEach
	void nothingIsLeft() {
		assertNothingIsLeft();
	}

	@AfterAll
	void close() {
		this.engine.close();
	}

	@Test
	void aFullQueueSendsAway() {
		Disposable running = startSleeper();
		Disposable waiting = this.engine.run(echo()).subscribe();
		assertBusy("are waiting already");
		running.dispose();
		waiting.dispose();
		assertNothingIsLeft();
	}

	@Test
	void aWaitHasAnEnd() {
		Disposable running = startSleeper();
		assertBusy("did not move");
		running.dispose();
		assertNothingIsLeft();
	}

	@Test
	void whoLeavesGivesItsPlaceToTheNextWithinASecond() {
		Disposable running = startSleeper();
		long left = System.nanoTime();
		running.dispose();
		StepVerifier.create(this.engine.run(echo()).ofType(Event.Ended.class))
			.expectNextCount(1)
			.expectComplete()
			.verify(Engines.WITHIN);
		assertThat(Duration.ofNanos(System.nanoTime() - left)).isLessThan(Duration.ofMillis(1500));
		assertThat(sleepers()).isZero();
		assertNothingIsLeft();
	}

	@Test
	void whoLeavesTheQueueNeverRuns() {
		Disposable running = startSleeper();
		Disposable waiting = this.engine.run(sleeper()).subscribe();
		waiting.dispose();
		await().atMost(1, TimeUnit.SECONDS).until(() -> this.engine.admitted() == 1);
		running.dispose();
		assertNothingIsLeft();
		assertThat(sleepers()).isZero();
	}

	@Test
	void whoLeavesAtAnyMomentLeavesNothing() throws InterruptedException {
		for (int millis = 0; millis < 60; millis += 2) {
			Disposable run = this.engine.run(sleeper()).subscribe();
			Thread.sleep(millis);
			run.dispose();
			assertNothingIsLeft();
		}
		assertThat(sleepers()).isZero();
	}

	@Test
	void anEndIsToldOnceAndNotBeforeNothingIsLeft() throws InterruptedException {
		for (int millis = 0; millis < 60; millis += 4) {
			AtomicInteger ends = new AtomicInteger();
			AtomicInteger left = new AtomicInteger();
			Disposable run = this.engine.run(sleeper(), () -> {
				left.addAndGet((int) sleepers() + this.engine.admitted() + this.engine.running());
				ends.incrementAndGet();
			}).subscribe();
			Thread.sleep(millis);
			run.dispose();
			await().atMost(3, TimeUnit.SECONDS).until(() -> ends.get() == 1);
			assertThat(left).hasValue(0);
		}
	}

	@Test
	void whoIsSentAwayOrEndsByItselfIsToldToo() {
		AtomicInteger ends = new AtomicInteger();
		Disposable running = startSleeper();
		StepVerifier.create(this.engine.run(echo(), ends::incrementAndGet))
			.expectError(ExecutionFailure.class)
			.verify(Engines.WITHIN);
		assertThat(ends).hasValue(1);
		Disposable waiting = this.engine.run(echo(), ends::incrementAndGet).subscribe((event) -> {
		}, (error) -> {
		});
		StepVerifier.create(this.engine.run(echo(), ends::incrementAndGet))
			.expectError(ExecutionFailure.class)
			.verify(Engines.WITHIN);
		assertThat(ends).hasValue(2);
		waiting.dispose();
		assertThat(ends).hasValue(3);
		running.dispose();
		assertNothingIsLeft();
		StepVerifier.create(this.engine.run(echo(), ends::incrementAndGet).ofType(Event.Ended.class))
			.expectNextCount(1)
			.expectComplete()
			.verify(Engines.WITHIN);
		assertThat(ends).hasValue(4);
	}

	@Test
	void aClosedEngineLeavesNothingAndNobodyWaiting() {
		try (Engine closed = start()) {
			startSleeper(closed);
			StepVerifier.create(closed.run(echo()))
				.then(closed::close)
				.expectErrorMatches((error) -> ((ExecutionFailure) error).executed() == Executed.NO)
				.verify(Engines.WITHIN);
			await().atMost(2, TimeUnit.SECONDS).until(() -> sleepers() == 0);
			assertBusy(closed, "shutting down");
			await().atMost(3, TimeUnit.SECONDS).until(() -> closed.admitted() == 0 && closed.running() == 0);
		}
	}

	@Test
	void anUnknownRuntimeTakesNoPlace() {
		Program program = echo();
		AtomicInteger ends = new AtomicInteger();
		LanguageRuntime unknown = new LanguageRuntime("bash", "0.0.1", List.of(), null);
		StepVerifier.create(
				this.engine.run(new Program(unknown, program.files(), List.of(), "", program.compile(), program.run()),
						ends::incrementAndGet))
			.expectError(ExecutionFailure.class)
			.verify(Engines.WITHIN);
		assertThat(this.engine.admitted()).isZero();
		assertThat(ends).hasValue(1);
	}

	@Test
	void aLanguageCanHaveLimitsOfItsOwn() {
		try (Engine own = Engines.start("languages.bash.output=10B", "languages.bash.run-limits.wall-time=300ms")) {
			assertThat(Engines.run(own, "bash", "echo 0123456789").status()).isEqualTo(Status.OL);
			assertThat(Engines.run(own, "bash", "sleep 5").message()).isEqualTo("Time limit exceeded (wall clock)");
			assertThat(Engines.run(own, "python", "import time; time.sleep(0.5); print('x' * 100)").succeeded())
				.isTrue();
			assertThat(own.usualLimits(Engines.runtime(own, "bash"), Stage.RUN).wallTime())
				.isEqualTo(Duration.ofMillis(300));
		}
	}

	@Test
	void enginesOfOneMachineDoNotShareUsers() {
		try (Engine other = Engines.start("sandbox=rlimits", "concurrency=1")) {
			Disposable running = startSleeper();
			assertThat(Engines.run(other, "bash", "id -u").stdout())
				.isNotEqualTo(Engines.run(other, "bash", "ps -o uid= -C sleep | head -1 | tr -d ' '").stdout());
			assertThat(sleepers()).isOne();
			running.dispose();
			assertNothingIsLeft();
		}
	}

	@Test
	void anotherSystemThanLinuxHasNoEngine() {
		String system = System.getProperty("os.name");
		System.setProperty("os.name", "Mac OS X");
		try {
			assertThatExceptionOfType(EngineUnavailableException.class).isThrownBy(Engines::start)
				.withMessageContaining("Linux")
				.withMessageContaining("Mac OS X");
		}
		finally {
			System.setProperty("os.name", system);
		}
	}

	private static Engine start() {
		return Engines.start("concurrency=1", "queue=1", "max-wait=700ms");
	}

	private Disposable startSleeper() {
		return startSleeper(this.engine);
	}

	private Disposable startSleeper(Engine engine) {
		Disposable running = engine.run(sleeper()).subscribe((event) -> {
		}, (error) -> {
		});
		await().atMost(5, TimeUnit.SECONDS).until(() -> sleepers() == 1);
		return running;
	}

	private Program sleeper() {
		return Engines.with(Engines.program(this.engine, "bash", "exec sleep 47.75"),
				new StageLimits(Duration.ofSeconds(50), null, null));
	}

	private Program echo() {
		return Engines.program(this.engine, "bash", "echo");
	}

	private void assertBusy(String why) {
		assertBusy(this.engine, why);
	}

	private void assertBusy(Engine engine, String why) {
		StepVerifier.create(engine.run(echo())).expectErrorSatisfies((error) -> {
			ExecutionFailure failure = (ExecutionFailure) error;
			assertThat(failure.code()).isEqualTo(FailureCode.ENGINE_BUSY);
			assertThat(failure.executed()).isEqualTo(Executed.NO);
			assertThat(failure.retryable()).isTrue();
			assertThat(failure.retryAfter()).isPositive();
			assertThat(failure.message()).contains(why);
		}).verify(Engines.WITHIN);
	}

	private void assertNothingIsLeft() {
		await().atMost(3, TimeUnit.SECONDS).until(() -> this.engine.admitted() == 0 && this.engine.running() == 0);
	}

	private static long sleepers() {
		return ProcessHandle.allProcesses()
			.filter((process) -> process.info().commandLine().orElse("").contains("sleep 47.75"))
			.count();
	}

}
