package dev.sluice.adapter;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.engine.Engine;
import dev.sluice.execution.Answer;
import dev.sluice.execution.Event;
import dev.sluice.execution.Execution;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.Program;
import dev.sluice.execution.Stage;
import dev.sluice.execution.StageLimits;
import dev.sluice.http.Bodies;
import dev.sluice.piston.PistonAnswer;
import dev.sluice.piston.PistonLimits;
import dev.sluice.piston.PistonRequest;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DefaultDataBufferFactory;

/**
 * Our own engine, behind Piston's wire format.
 */
final class EngineWorkshop implements Workshop {

	private final Engine engine;

	EngineWorkshop(Engine engine) {
		this.engine = engine;
	}

	@Override
	public Mono<Answer> execute(Execution execution) {
		return Bodies.process(execution.body(), this::program)
			.flatMapMany(this.engine::run)
			.ofType(Event.Ended.class)
			.single()
			.map((ended) -> Answer.whole(PistonAnswer.write(ended.verdict()), DefaultDataBufferFactory.sharedInstance));
	}

	@Override
	public Mono<List<LanguageRuntime>> runtimes() {
		return Mono.just(this.engine.runtimes());
	}

	@Override
	public List<String> description() {
		List<String> lines = new ArrayList<>();
		List<String> open = this.engine.notEnforced();
		lines.add("sandbox    " + this.engine.sandbox() + (open.isEmpty() ? ", all limits enforced" : ""));
		this.engine.passedOver().forEach((clause) -> lines.add("           " + clause));
		open.forEach((clause) -> lines.add("           NOT ENFORCED: a program " + clause));
		return lines;
	}

	@Override
	public boolean isSandboxed() {
		return this.engine.notEnforced().isEmpty();
	}

	private Program program(ByteBuffer body) {
		PistonRequest request = PistonRequest.read(body);
		return request.program(this.engine.runtimes(), this::limits);
	}

	/** As with Piston, the usual time is also the most that a request may ask for. */
	private PistonLimits limits(LanguageRuntime runtime) {
		StageLimits compile = this.engine.usualLimits(runtime, Stage.COMPILE);
		StageLimits run = this.engine.usualLimits(runtime, Stage.RUN);
		return PistonLimits.ofTimes(compile, run);
	}

}
