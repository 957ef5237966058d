package dev.sluice.admission;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Candidate;
import dev.sluice.execution.Capacity;
import dev.sluice.execution.Deadline;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Ids;
import dev.sluice.execution.Priority;
import dev.sluice.execution.Terms;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * So many places a language. Who is inside stays there until the test ends it.
 */
final class Places implements Capacity {

	/** One that has a place. */
	static final class Inside {

		private final Sinks.Empty<Void> head = Sinks.empty();

		private final Sinks.Empty<Void> tail = Sinks.empty();

		/** Its answer comes, and has no end yet. */
		void answer() {
			this.head.tryEmitEmpty();
		}

		/** It is over. */
		void finish() {
			answer();
			this.tail.tryEmitEmpty();
		}

		void fail() {
			this.head.tryEmitError(ExecutionFailure.passing(FailureCode.POOL_UNREACHABLE, "It is gone"));
		}

		void breakOff() {
			this.tail.tryEmitError(ExecutionFailure.passing(FailureCode.POOL_BROKE, "It broke"));
		}

	}

	private final Map<String, Integer> free = new HashMap<>();

	private final Map<String, Integer> refusals = new HashMap<>();

	private final Deque<Inside> inside = new ArrayDeque<>();

	private final List<String> entered = new ArrayList<>();

	private final List<Runnable> listeners = new ArrayList<>();

	private volatile Predicate<Execution> fits = (execution) -> true;

	private final AtomicInteger asked = new AtomicInteger();

	private volatile boolean alike;

	private volatile Runnable entry = () -> {
	};

	/** Adds places, and tells nobody. */
	synchronized Places with(String language, int places) {
		this.free.merge(language, places, Integer::sum);
		return this;
	}

	/** Where one finds no room, no other does. */
	void treatAllAlike() {
		this.alike = true;
	}

	/** How often somebody has asked for room. */
	int asked() {
		return this.asked.get();
	}

	/** Something that happens while somebody is let in. */
	void onEntry(Runnable action) {
		this.entry = action;
	}

	/** Who may have a place, which only he knows. */
	void only(Predicate<Execution> who) {
		this.fits = who;
	}

	/** So many are refused once they are let in. */
	synchronized void refuse(String language, int times) {
		this.refusals.put(language, times);
	}

	/** The clients that were let in, in this order. */
	synchronized List<String> entered() {
		return List.copyOf(this.entered);
	}

	synchronized int free(String language) {
		return this.free.getOrDefault(language, 0);
	}

	/** The one that has been inside for the longest time. */
	synchronized Inside first() {
		return this.inside.removeFirst();
	}

	synchronized boolean isEmpty() {
		return this.inside.isEmpty();
	}

	void tell() {
		this.listeners.forEach(Runnable::run);
	}

	@Override
	public void onRoom(Runnable listener) {
		this.listeners.add(listener);
	}

	@Override
	public Candidate candidate(Execution execution) {
		return new Candidate() {

			@Override
			public boolean hasRoom() {
				Places.this.asked.incrementAndGet();
				return free(execution.language()) > 0 && Places.this.fits.test(execution);
			}

			@Override
			public boolean mayOthersHaveRoom() {
				return !Places.this.alike;
			}

			@Override
			public Object needs() {
				return execution.language();
			}

			@Override
			public Mono<Answer> enter() {
				return Mono.defer(() -> Places.this.enter(execution));
			}

		};
	}

	private Mono<Answer> enter(Execution execution) {
		this.entry.run();
		String language = execution.language();
		Inside one = new Inside();
		synchronized (this) {
			this.entered.add(String.valueOf(execution.terms().client()));
			int refused = this.refusals.getOrDefault(language, 0);
			if (refused > 0 || free(language) == 0) {
				this.refusals.put(language, refused - 1);
				return Mono.error(ExecutionFailure.passing(FailureCode.POOL_FULL, "full"));
			}
			with(language, -1);
			this.inside.add(one);
		}
		AtomicBoolean left = new AtomicBoolean();
		Runnable leave = () -> {
			if (left.compareAndSet(false, true)) {
				with(language, 1);
				tell();
			}
		};
		Flux<DataBuffer> body = one.tail.asMono().thenMany(Flux.empty());
		return one.head.asMono().then(Mono.fromSupplier(() -> Answer.streaming(body, () -> {
		}).onEnd(leave))).doOnCancel(leave).doOnError((error) -> leave.run());
	}

	static Execution execution(String language, @Nullable String client) {
		return execution(language, client, Duration.ofMinutes(3), null, Priority.INTERACTIVE);
	}

	static Execution execution(String language, @Nullable String client, Duration time, @Nullable String session,
			Priority priority) {
		Terms terms = new Terms(Deadline.in(time), false, client, session).at(priority);
		return new Execution(Ids.next(), language, "*", ByteBuffer.allocate(0), terms);
	}

}
