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

	final FeedByHand feed = new FeedByHand();

	final List<Run> runs = new CopyOnWriteArrayList<>();

	@Override
	public Mono<Ending> run(Execution execution, Transcript transcript, Runnable ended) {
		return Mono.defer(() -> {
			Run run = new Run(transcript, ended);
			this.runs.add(run);
			return run.ending.asMono().doOnCancel(() -> run.cancelled.set(true));
		});
	}

	@Override
	public Conversation converse(Execution execution, Transcript transcript, Runnable ended) {
		return new Conversation(this.feed, run(execution, transcript, ended));
	}

	@Override
	public List<String> capabilities() {
		return List.of("stream", "interactive");
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

		final Transcript transcript;

		private final Sinks.One<Ending> ending = Sinks.one();

		private final AtomicBoolean cancelled = new AtomicBoolean();

		private final Runnable ended;

		Run(Transcript transcript, Runnable ended) {
			this.transcript = transcript;
			this.ended = ended;
		}

		void succeeds(String verdict) {
			succeeds(Ending.whole(verdict.getBytes(StandardCharsets.UTF_8)));
		}

		void succeeds(Ending how) {
			this.ended.run();
			this.ending.tryEmitValue(how).orThrow();
		}

		void fails(Throwable failure) {
			this.ended.run();
			this.ending.tryEmitError(failure).orThrow();
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
