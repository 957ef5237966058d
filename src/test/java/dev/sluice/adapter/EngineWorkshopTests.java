package dev.sluice.adapter;

import dev.sluice.engine.Engine;
import dev.sluice.engine.Engines;
import dev.sluice.execution.Execution;
import dev.sluice.execution.Executor;
import dev.sluice.execution.ExecutorContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import reactor.core.scheduler.Schedulers;

/**
 * The engine behind Piston's wire format, with each execution run once by its id.
 */
class EngineWorkshopTests extends ExecutorContract {

	private static Engine engine;

	private final Deduplication deduplication = new Deduplication(new EngineWorkshop(engine), Adapters.settings(),
			Schedulers.parallel());

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

	private Executor running(String program) {
		this.code = program;
		return this.deduplication;
	}

}
