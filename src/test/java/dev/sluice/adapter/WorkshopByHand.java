package dev.sluice.adapter;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.sluice.execution.Execution;
import dev.sluice.execution.LanguageRuntime;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A workshop whose runs go as the test says.
 */
final class WorkshopByHand implements Workshop {

	final List<Run> runs = new CopyOnWriteArrayList<>();

	@Override
	public Mono<byte[]> run(Execution execution, Runnable ended) {
		return Mono.defer(() -> {
			Run run = new Run(ended);
			this.runs.add(run);
			return run.verdict.asMono().doOnCancel(() -> run.cancelled.set(true));
		});
	}

	@Override
	public boolean knowsTheEnd() {
		return true;
	}

	@Override
	public Mono<List<LanguageRuntime>> runtimes() {
		return Mono.just(List.of());
	}

	@Override
	public List<String> description() {
		return List.of();
	}

	@Override
	public boolean isSandboxed() {
		return true;
	}

	Run last() {
		return this.runs.getLast();
	}

	/** One run. */
	static final class Run {

		private final Sinks.One<byte[]> verdict = Sinks.one();

		private final AtomicBoolean cancelled = new AtomicBoolean();

		private final Runnable ended;

		Run(Runnable ended) {
			this.ended = ended;
		}

		void succeeds(String verdict) {
			this.ended.run();
			this.verdict.tryEmitValue(verdict.getBytes(StandardCharsets.UTF_8)).orThrow();
		}

		void fails(Throwable failure) {
			this.ended.run();
			this.verdict.tryEmitError(failure).orThrow();
		}

		/** The program is gone, whether or not there is a verdict. */
		void ends() {
			this.ended.run();
		}

		boolean isCancelled() {
			return this.cancelled.get();
		}

	}

}
