package dev.sluice.admission;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import dev.sluice.admission.Admission.Outcome;
import dev.sluice.execution.Answer;
import dev.sluice.execution.Candidate;
import dev.sluice.execution.Capacity;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.io.buffer.DataBuffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Many come, are let in, are refused, and leave, all at once.
 */
class AdmissionRaceTests {

	private static final int THREADS = 4;

	private static final int EACH = 3000;

	private final Crowded crowded = new Crowded();

	@Test
	void everyoneHasOneEndAndNothingIsLeft() throws Exception {
		AtomicInteger verdicts = new AtomicInteger();
		AtomicInteger failures = new AtomicInteger();
		AtomicInteger left = new AtomicInteger();
		try (Admission admission = new Admission(this.crowded,
				new AdmissionProperties(12, 64, null, Duration.ofMillis(300)))) {
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				String client = (i == 0) ? null : "client-" + i;
				threads.add(Thread.ofPlatform().start(() -> {
					for (int number = 0; number < EACH; number++) {
						String language = (number % 3 == 0) ? "java" : "python";
						Disposable one = admission.execute(Places.execution(language, client))
							.flatMapMany(Answer::body)
							.then()
							.doOnCancel(left::incrementAndGet)
							.subscribe((nothing) -> {
							}, (error) -> failures.incrementAndGet(), verdicts::incrementAndGet);
						pause(number % 20);
						if (number % 4 == 0) {
							one.dispose();
						}
					}
				}));
			}
			for (Thread thread : threads) {
				thread.join(Duration.ofSeconds(60));
			}
			await().atMost(5, TimeUnit.SECONDS)
				.until(() -> admission.waiting() == 0 && admission.inFlight() == 0 && this.crowded.inside.get() == 0);
			assertThat(this.crowded.most.get()).isLessThanOrEqualTo(12);
			assertThat(admission.admitted()).isPositive()
				.isEqualTo(admission.ended(Outcome.COMPLETED) + admission.ended(Outcome.FAILED)
						+ admission.ended(Outcome.CANCELLED));
			assertThat(admission.admitted() + admission.ended(Outcome.REFUSED) + admission.ended(Outcome.LEFT))
				.isEqualTo(THREADS * EACH);
			assertThat(verdicts.get() + failures.get() + left.get()).isGreaterThanOrEqualTo(THREADS * EACH);
		}
	}

	private static void pause(int micros) {
		if (micros > 10) {
			LockSupport.parkNanos(micros * 1000L);
		}
	}

	/** Takes some, refuses some, and fails some, each after a moment. */
	private static final class Crowded implements Capacity {

		private static final int PLACES = 8;

		private final AtomicInteger inside = new AtomicInteger();

		private final AtomicInteger most = new AtomicInteger();

		private final List<Runnable> listeners = new ArrayList<>();

		@Override
		public void onRoom(Runnable listener) {
			this.listeners.add(listener);
		}

		@Override
		public Candidate candidate(Execution execution) {
			return new Candidate() {

				@Override
				public boolean hasRoom() {
					return Crowded.this.inside.get() < PLACES;
				}

				@Override
				public Object needs() {
					return execution.language();
				}

				@Override
				public boolean mayOthersHaveRoom() {
					return false;
				}

				@Override
				public Mono<Answer> enter() {
					return Mono.defer(Crowded.this::enter);
				}

			};
		}

		private Mono<Answer> enter() {
			this.most.accumulateAndGet(this.inside.incrementAndGet(), Math::max);
			Mono<Answer> answer = switch (ThreadLocalRandom.current().nextInt(10)) {
				case 0 -> Mono.error(() -> ExecutionFailure.passing(FailureCode.POOL_FULL, "full"));
				case 1 -> Mono.error(() -> ExecutionFailure.passing(FailureCode.POOL_UNREACHABLE, "gone"));
				case 2 -> Mono.fromSupplier(() -> answer(Flux.empty()));
				default ->
					Mono.delay(Duration.ofNanos(50_000), Schedulers.parallel()).map((tick) -> answer(Flux.empty()));
			};
			AtomicInteger holds = new AtomicInteger(1);
			Runnable leave = () -> {
				if (holds.getAndSet(0) == 1) {
					this.inside.decrementAndGet();
					this.listeners.forEach(Runnable::run);
				}
			};
			return answer.map((one) -> one.onEnd(leave)).doOnError((error) -> leave.run()).doOnCancel(leave);
		}

		private static Answer answer(Flux<DataBuffer> body) {
			return Answer.streaming(body, () -> {
			});
		}

	}

}
