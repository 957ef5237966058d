package dev.sluice.admission;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Candidate;
import dev.sluice.execution.Capacity;
import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import dev.sluice.execution.ExecutorContract;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Terms;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

import org.springframework.core.io.buffer.DefaultDataBufferFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class AdmissionTests {

	private static final Duration WITHIN = Duration.ofSeconds(10);

	private final Pool pool = new Pool();

	private final List<Admission> open = new ArrayList<>();

	@AfterEach
	void nothingIsLeft() {
		for (Admission admission : this.open) {
			await().atMost(5, TimeUnit.SECONDS).until(() -> admission.waiting() == 0);
			admission.close();
		}
		assertThat(this.pool.running).hasValue(0);
	}

	@Test
	void whoFindsNoRoomWaitsForIt() {
		Admission admission = admission(10, Duration.ofSeconds(5));
		List<Integer> ended = new ArrayList<>();
		Disposable all = Flux.range(0, 5)
			.flatMap((number) -> admission.execute(execution()).doOnNext(Answer::discard).thenReturn(number), 5)
			.subscribe(ended::add);
		assertThat(admission.waiting()).isEqualTo(4);
		for (int i = 1; i <= 5; i++) {
			this.pool.finish();
			int expected = i;
			await().atMost(5, TimeUnit.SECONDS).until(() -> ended.size() == expected);
			assertThat(this.pool.most).isEqualTo(1);
		}
		assertThat(ended).containsExactly(0, 1, 2, 3, 4);
		all.dispose();
	}

	@Test
	void theQueueIsBounded() {
		Admission admission = admission(1, Duration.ofSeconds(5));
		Disposable running = admission.execute(execution()).subscribe();
		Disposable waiting = admission.execute(execution()).subscribe();
		StepVerifier.create(admission.execute(execution()))
			.expectErrorSatisfies(AdmissionTests::isOverloaded)
			.verify(WITHIN);
		waiting.dispose();
		running.dispose();
		this.pool.running.set(0);
	}

	@Test
	void theWaitIsBounded() {
		Admission admission = admission(10, Duration.ofMillis(200));
		Disposable running = admission.execute(execution()).subscribe();
		StepVerifier.create(admission.execute(execution()))
			.expectErrorSatisfies(AdmissionTests::isOverloaded)
			.verify(WITHIN);
		running.dispose();
		this.pool.running.set(0);
	}

	@Test
	void whoLeavesGivesUpItsPlace() {
		Admission admission = admission(10, Duration.ofSeconds(5));
		Disposable running = admission.execute(execution()).subscribe();
		Disposable waiting = admission.execute(execution()).subscribe();
		assertThat(admission.waiting()).isEqualTo(1);
		waiting.dispose();
		assertThat(admission.waiting()).isZero();
		running.dispose();
		this.pool.running.set(0);
	}

	@Test
	void whoFindsThePoolFullAfterAllWaitsOn() {
		AtomicInteger tries = new AtomicInteger();
		Admission admission = admission(
				(execution) -> Mono.defer(() -> (tries.incrementAndGet() < 3)
						? Mono.error(ExecutionFailure.passing(FailureCode.POOL_FULL, "full")) : this.pool.execute()),
				10, Duration.ofSeconds(5));
		Sinks.Empty<Void> done = Sinks.empty();
		Disposable _ = admission.execute(execution()).subscribe((answer) -> done.tryEmitEmpty());
		await().atMost(5, TimeUnit.SECONDS).until(() -> tries.get() == 3);
		this.pool.finish();
		done.asMono().block(WITHIN);
	}

	@Test
	void whoWaitedForAPoolThatRefusedIsToldSo() {
		AtomicInteger tries = new AtomicInteger();
		Admission admission = admission((execution) -> Mono.error(() -> {
			ExecutionFailure full = ExecutionFailure.passing(FailureCode.POOL_FULL, "full");
			int attempts = Math.min(4, 2 * tries.incrementAndGet());
			return (tries.get() < 3) ? full.in("exams").afterAttempts(attempts) : full.afterAttempts(attempts);
		}), 10, Duration.ofMillis(500));
		StepVerifier.create(admission.execute(execution())).expectErrorSatisfies((error) -> {
			ExecutionFailure failure = (ExecutionFailure) error;
			assertThat(failure.code()).isEqualTo(FailureCode.POOL_FULL);
			assertThat(failure.pool()).isEqualTo("exams");
			assertThat(failure.attempts()).isEqualTo(4);
		}).verify(WITHIN);
		assertThat(tries).hasValueGreaterThan(2);
	}

	@Test
	void whatMayHaveRunNeverWaitsForAnotherSession() {
		AtomicInteger tries = new AtomicInteger();
		Admission admission = admission((execution) -> Mono.error(() -> {
			tries.incrementAndGet();
			return ExecutionFailure.passing(FailureCode.POOL_FULL, "full").executed(Executed.UNKNOWN);
		}), 10, Duration.ofSeconds(5));
		StepVerifier.create(admission.execute(execution()))
			.expectErrorMatches((error) -> ((ExecutionFailure) error).executed() == Executed.UNKNOWN)
			.verify(WITHIN);
		assertThat(tries).hasValue(1);
	}

	@Test
	void theWaitEndsWithTheDeadline() {
		Admission admission = admission(10, Duration.ofSeconds(30));
		Disposable running = admission.execute(execution()).subscribe();
		Execution hasty = execution().on(Terms.within(Duration.ofMillis(200)));
		StepVerifier.create(admission.execute(hasty)).expectErrorSatisfies((error) -> {
			ExecutionFailure failure = (ExecutionFailure) error;
			assertThat(failure.code()).isEqualTo(FailureCode.DEADLINE_EXCEEDED);
			assertThat(failure.executed()).isEqualTo(Executed.NO);
		}).verify(WITHIN);
		running.dispose();
		this.pool.running.set(0);
	}

	@Test
	void manyThatDoNotFitHoldUpNobodyWhoDoes() {
		AtomicInteger ended = new AtomicInteger();
		Capacity bashOnly = new Capacity() {

			@Override
			public Candidate candidate(Execution execution) {
				return AdmissionTests.candidate(execution, () -> execution.language().equals("bash"),
						Mono.fromSupplier(() -> {
							ended.incrementAndGet();
							return Answer.whole(new byte[] { '{', '}' }, DefaultDataBufferFactory.sharedInstance);
						}));
			}

			@Override
			public void onRoom(Runnable listener) {
				// It never changes.
			}

		};
		Admission admission = new Admission(bashOnly,
				new AdmissionProperties(20_000, 1000, null, Duration.ofSeconds(30)));
		this.open.add(admission);
		List<Disposable> waiting = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			waiting.add(admission.execute(execution()).subscribe());
		}
		admission.execute(ExecutorContract.execution("bash", "echo 42")).block(Duration.ofSeconds(2));
		assertThat(ended).hasValue(1);
		assertThat(admission.waiting()).isEqualTo(100);
		waiting.forEach(Disposable::dispose);
	}

	@Test
	void aFaultOfTheCapacityDoesNotStopTheQueue() {
		AtomicInteger asked = new AtomicInteger();
		Capacity faulty = new Capacity() {

			@Override
			public Candidate candidate(Execution execution) {
				return AdmissionTests.candidate(execution, this::hasRoom, Mono.fromSupplier(
						() -> Answer.whole(new byte[] { '{', '}' }, DefaultDataBufferFactory.sharedInstance)));
			}

			private boolean hasRoom() {
				return switch (asked.incrementAndGet()) {
					case 1 -> false;
					case 2, 3 -> throw new IllegalStateException("A fault");
					default -> true;
				};
			}

			@Override
			public void onRoom(Runnable listener) {
				// Time alone brings it.
			}

		};
		Admission admission = new Admission(faulty, new AdmissionProperties(20_000, 10, null, Duration.ofSeconds(5)));
		this.open.add(admission);
		admission.execute(execution()).block(Duration.ofSeconds(3));
		assertThat(asked).hasValueGreaterThan(3);
	}

	@Test
	void otherFailuresPass() {
		Admission admission = admission(
				(execution) -> Mono.error(ExecutionFailure.refused(FailureCode.POOL_FORBIDDEN, "no")), 10,
				Duration.ofSeconds(5));
		StepVerifier.create(admission.execute(execution()))
			.expectErrorMatches((error) -> ((ExecutionFailure) error).code() == FailureCode.POOL_FORBIDDEN)
			.verify(WITHIN);
	}

	private Admission admission(int queue, Duration maxWait) {
		Admission admission = new Admission(this.pool, new AdmissionProperties(20_000, queue, null, maxWait));
		this.open.add(admission);
		return admission;
	}

	private static void isOverloaded(Throwable error) {
		ExecutionFailure failure = (ExecutionFailure) error;
		assertThat(failure.code()).isEqualTo(FailureCode.OVERLOADED);
		assertThat(failure.retryAfter()).isPositive();
		assertThat(failure.traceId()).isNotNull();
	}

	private static Execution execution() {
		return ExecutorContract.execution("python", "print(42)");
	}

	private Admission admission(Executor next, int queue, Duration maxWait) {
		Admission admission = new Admission(new Capacity() {

			@Override
			public Candidate candidate(Execution execution) {
				Mono<Answer> entering = next.execute(execution);
				return AdmissionTests.candidate(execution, () -> AdmissionTests.this.pool.running.get() == 0, entering);
			}

			@Override
			public void onRoom(Runnable listener) {
				AdmissionTests.this.pool.onRoom(listener);
			}

		}, new AdmissionProperties(20_000, queue, null, maxWait));
		this.open.add(admission);
		return admission;
	}

	private static Candidate candidate(Execution execution, BooleanSupplier room, Mono<Answer> entering) {
		return new Candidate() {

			@Override
			public boolean hasRoom() {
				return room.getAsBoolean();
			}

			@Override
			public Object needs() {
				return execution.language();
			}

			@Override
			public Mono<Answer> enter() {
				return entering;
			}

		};
	}

	/** Runs one execution at a time, until it is told to finish. */
	private static final class Pool implements Capacity {

		private final AtomicInteger running = new AtomicInteger();

		private final List<Sinks.Empty<Void>> ends = new ArrayList<>();

		private final List<Runnable> listeners = new ArrayList<>();

		private int most;

		Mono<Answer> execute() {
			return Mono.defer(() -> {
				this.most = Math.max(this.most, this.running.incrementAndGet());
				Sinks.Empty<Void> end = Sinks.empty();
				synchronized (this.ends) {
					this.ends.add(end);
				}
				return end.asMono()
					.then(Mono.fromSupplier(
							() -> Answer.whole(new byte[] { '{', '}' }, DefaultDataBufferFactory.sharedInstance)));
			});
		}

		@Override
		public Candidate candidate(Execution execution) {
			return AdmissionTests.candidate(execution, () -> this.running.get() == 0, execute());
		}

		@Override
		public void onRoom(Runnable listener) {
			this.listeners.add(listener);
		}

		void finish() {
			Sinks.Empty<Void> end;
			await().atMost(5, TimeUnit.SECONDS).until(() -> {
				synchronized (this.ends) {
					return !this.ends.isEmpty();
				}
			});
			synchronized (this.ends) {
				end = this.ends.removeFirst();
			}
			end.tryEmitEmpty();
			this.running.decrementAndGet();
			this.listeners.forEach(Runnable::run);
		}

	}

}
