package dev.sluice.adapter;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

import dev.sluice.engine.Engine;
import dev.sluice.engine.Input;
import dev.sluice.execution.Event;
import dev.sluice.execution.Execution;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.Program;
import dev.sluice.execution.Stage;
import dev.sluice.execution.StageLimits;
import dev.sluice.http.Bodies;
import dev.sluice.piston.PistonLimits;
import dev.sluice.piston.PistonRequest;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Our own engine, behind Piston's wire format.
 */
final class EngineWorkshop implements Workshop {

	private final Engine engine;

	private final AdapterProperties properties;

	EngineWorkshop(Engine engine, AdapterProperties properties) {
		this.engine = engine;
		this.properties = properties;
	}

	@Override
	public Mono<Ending> run(Execution execution, Transcript transcript, Runnable ended) {
		return run(execution, (program) -> Input.whole(program.stdin()), transcript, ended)
			.map((end) -> transcript.concluded(end.verdict()));
	}

	@Override
	public Conversation converse(Execution execution, Transcript transcript, Runnable ended) {
		Input input = Input.open((int) this.properties.input().toBytes());
		return new Conversation(new EngineFeed(input),
				run(execution, (program) -> input, transcript, ended).thenReturn(Ending.CLOSED));
	}

	@Override
	public List<String> capabilities() {
		return List.of("stream", "interactive", "eof", "signal", "cancel");
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
		return this.engine.admitsStrangers();
	}

	/** Who takes down the events never asks for less than all. */
	private Mono<Event.Ended> run(Execution execution, Function<Program, Input> input, Transcript transcript,
			Runnable ended) {
		return Mono.defer(() -> {
			Admission admission = new Admission(input, ended);
			return Bodies.process(execution.body(), this::program)
				.flatMapMany(admission::enter)
				.doOnNext(transcript::add)
				.ofType(Event.Ended.class)
				.single()
				.doFinally((signal) -> admission.close());
		});
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

		private final Function<Program, Input> input;

		private final Runnable ended;

		private final AtomicBoolean decided = new AtomicBoolean();

		Admission(Function<Program, Input> input, Runnable ended) {
			this.input = input;
			this.ended = ended;
		}

		Flux<Event> enter(Program program) {
			boolean first = this.decided.compareAndSet(false, true);
			return first ? EngineWorkshop.this.engine.run(program, this.input.apply(program), this.ended)
					: Flux.never();
		}

		void close() {
			if (this.decided.compareAndSet(false, true)) {
				this.ended.run();
			}
		}

	}

}
