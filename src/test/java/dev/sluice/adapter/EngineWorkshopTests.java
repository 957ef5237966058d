package dev.sluice.adapter;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.engine.Engine;
import dev.sluice.engine.Engines;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import dev.sluice.execution.ExecutorContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The engine behind Piston's wire format, with each execution run once by its id.
 */
class EngineWorkshopTests extends ExecutorContract {

	private static Engine engine;

	private final Deduplication deduplication = new Deduplication(workshop(), Adapters.settings(),
			Duration.ofSeconds(10), Schedulers.parallel());

	private String code = "";

	@BeforeAll
	static void start() {
		engine = Engines.start("run.wall-time=60s");
	}

	@AfterAll
	static void closeEngine() {
		engine.close();
	}

	@Override
	protected Executor completing() {
		return running("echo 42");
	}

	@Override
	protected Executor failing() {
		return running("no \\n valid \\q JSON");
	}

	@Override
	protected Executor endless() {
		return running("sleep 60");
	}

	@Override
	protected Execution execution() {
		return execution("bash", this.code);
	}

	@Override
	protected int held() {
		return Math.max(engine.admitted(), this.deduplication.running());
	}

	@Test
	void aCancelAtAnyMomentIsFollowedByOneEnd() throws InterruptedException {
		Execution large = execution("bash", "sleep 60 #" + "x".repeat(400_000));
		for (int millis = 0; millis < 30; millis++) {
			AtomicInteger ends = new AtomicInteger();
			Disposable run = workshop().run(large, transcript(), ends::incrementAndGet).subscribe();
			Thread.sleep(millis);
			run.dispose();
			await().atMost(5, TimeUnit.SECONDS).until(() -> ends.get() == 1 && engine.admitted() == 0);
		}
	}

	@Test
	void whatIsNotReadableHasEnded() {
		AtomicInteger ends = new AtomicInteger();
		StepVerifier.create(workshop().run(execution("bash", "no \\q JSON"), transcript(), ends::incrementAndGet))
			.expectError(ExecutionFailure.class)
			.verify(Duration.ofSeconds(5));
		assertThat(ends).hasValue(1);
	}

	private static EngineWorkshop workshop() {
		return new EngineWorkshop(engine, Adapters.settings());
	}

	private static Transcript transcript() {
		return new Transcript(Adapters.settings());
	}

	private Executor running(String program) {
		this.code = program;
		return this.deduplication;
	}

}
