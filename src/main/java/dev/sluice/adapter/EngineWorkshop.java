package dev.sluice.adapter;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.sluice.engine.Engine;
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
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Our own engine, behind Piston's wire format.
 */
final class EngineWorkshop implements Workshop {

	private final Engine engine;

	EngineWorkshop(Engine engine) {
		this.engine = engine;
	}

	@Override
	public Mono<byte[]> run(Execution execution, Runnable ended) {
		return Mono.defer(() -> {
			Admission admission = new Admission(ended);
			Transcript transcript = new Transcript();
			return Bodies.process(execution.body(), this::program)
				.flatMapMany(admission::enter)
				.doOnNext(transcript::add)
				.ofType(Event.Ended.class)
				.single()
				.map((end) -> PistonAnswer.write(end.verdict(), transcript.texts()))
				.doFinally((signal) -> admission.close());
		});
	}

	@Override
	public boolean knowsTheEnd() {
		return true;
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

	/**
	 * Whether one execution's program reached the engine, which then tells its end. A
	 * cancel may come while its body is still read, and then it must not get there.
	 */
	private final class Admission {

		private final Runnable ended;

		private final AtomicBoolean decided = new AtomicBoolean();

		Admission(Runnable ended) {
			this.ended = ended;
		}

		Flux<Event> enter(Program program) {
			boolean first = this.decided.compareAndSet(false, true);
			return first ? EngineWorkshop.this.engine.run(program, this.ended) : Flux.never();
		}

		void close() {
			if (this.decided.compareAndSet(false, true)) {
				this.ended.run();
			}
		}

	}

}
