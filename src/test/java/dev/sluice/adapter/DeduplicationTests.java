package dev.sluice.adapter;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.sluice.adapter.WorkshopByHand.Run;
import dev.sluice.execution.Answer;
import dev.sluice.execution.Deadline;
import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Terms;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

import org.springframework.core.io.buffer.DataBufferUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who waits for which run, when a run ends, and what is kept of it; by virtual time.
 */
class DeduplicationTests {

	private static final Duration WITHIN = Duration.ofSeconds(5);

	private final WorkshopByHand workshop = new WorkshopByHand();

	private final VirtualTimeScheduler time = VirtualTimeScheduler.create();

	private Deduplication deduplication = with();

	@AfterEach
	void nothingRuns() {
		assertThat(this.deduplication.running()).isZero();
		this.time.advanceTimeBy(Duration.ofMinutes(5));
		assertThat(this.deduplication.kept()).isZero();
		assertThat(this.deduplication.bytes()).isZero();
	}

	@Test
	void callsWithOneIdShareOneRun() {
		StepVerifier first = call("a").expectNext("{1}").expectComplete().verifyLater();
		StepVerifier second = call("a").expectNext("{1}").expectComplete().verifyLater();
		StepVerifier other = call("b").expectNext("{2}").expectComplete().verifyLater();
		assertThat(this.workshop.runs).hasSize(2);
		assertThat(this.deduplication.running()).isEqualTo(2);
		this.workshop.runs.get(0).succeeds("{1}");
		this.workshop.runs.get(1).succeeds("{2}");
		first.verify(WITHIN);
		second.verify(WITHIN);
		other.verify(WITHIN);
	}

	@Test
	void aRepeatGetsTheSameVerdict() {
		run("a", "{1}");
		call("a").expectNext("{1}").expectComplete().verify(WITHIN);
		call("a").expectNext("{1}").expectComplete().verify(WITHIN);
		assertThat(this.workshop.runs).hasSize(1);
	}

	@Test
	void aRepeatGetsTheSameFailure() {
		StepVerifier first = fails("a", FailureCode.SANDBOX_FAILED, Executed.UNKNOWN, "its log").verifyLater();
		this.workshop.last()
			.fails(ExecutionFailure.broken(FailureCode.SANDBOX_FAILED, Executed.UNKNOWN, "its log says why"));
		first.verify(WITHIN);
		fails("a", FailureCode.SANDBOX_FAILED, Executed.UNKNOWN, "its log").verify(WITHIN);
		assertThat(this.workshop.runs).hasSize(1);
	}

	@Test
	void whatDidNotRunMayBeTriedAnew() {
		StepVerifier first = fails("a", FailureCode.ENGINE_BUSY, Executed.NO, "busy").verifyLater();
		this.workshop.last().fails(ExecutionFailure.passing(FailureCode.ENGINE_BUSY, "busy"));
		first.verify(WITHIN);
		assertThat(this.deduplication.kept()).isZero();
		run("a", "{1}");
		assertThat(this.workshop.runs).hasSize(2);
	}

	@Test
	void aFaultOfOursIsTyped() {
		StepVerifier first = fails("a", FailureCode.INTERNAL, Executed.UNKNOWN, "fault of ours").verifyLater();
		this.workshop.last().fails(new IllegalStateException("expected by a test"));
		first.verify(WITHIN);
	}

	@Test
	void anotherBodyWithTheSameIdIsRefused() {
		StepVerifier first = call("a").expectNext("{1}").expectComplete().verifyLater();
		Execution other = execution("a", "another", Terms.within(Duration.ofMinutes(1)));
		assertFails(this.deduplication.execute(other), FailureCode.INVALID_REQUEST, Executed.NO, "Another")
			.verify(WITHIN);
		this.workshop.last().succeeds("{1}");
		first.verify(WITHIN);
		assertFails(this.deduplication.execute(other), FailureCode.INVALID_REQUEST, Executed.NO, "Another")
			.verify(WITHIN);
		assertThat(this.workshop.runs).hasSize(1);
	}

	@Test
	void theLastCallerWhoLeavesEndsTheRun() {
		Disposable first = subscribe(execution("a"));
		Disposable second = subscribe(execution("a"));
		first.dispose();
		assertThat(this.workshop.last().isCancelled()).isFalse();
		second.dispose();
		assertThat(this.workshop.last().isCancelled()).isTrue();
		assertThat(this.deduplication.running()).isZero();
		fails("a", FailureCode.ENGINE_UNAVAILABLE, Executed.UNKNOWN, "its caller left").verify(WITHIN);
		assertThat(this.workshop.runs).hasSize(1);
	}

	@Test
	void aRepeatableRunWaitsForItsCallerToComeBack() {
		this.deduplication = with("linger=30s");
		subscribe(repeatable("a")).dispose();
		this.time.advanceTimeBy(Duration.ofSeconds(29));
		Disposable back = subscribe(repeatable("a"));
		this.time.advanceTimeBy(Duration.ofSeconds(29));
		assertThat(this.workshop.last().isCancelled()).isFalse();
		back.dispose();
		this.time.advanceTimeBy(Duration.ofSeconds(29));
		assertThat(this.workshop.last().isCancelled()).isFalse();
		this.time.advanceTimeBy(Duration.ofSeconds(1));
		assertThat(this.workshop.last().isCancelled()).isTrue();
		fails("a", FailureCode.ENGINE_UNAVAILABLE, Executed.UNKNOWN, "its caller left").verify(WITHIN);
	}

	@Test
	void aRepeatableRunThatEndsWhileNobodyWaitsIsKept() {
		subscribe(repeatable("a")).dispose();
		this.workshop.last().succeeds("{1}");
		call("a").expectNext("{1}").expectComplete().verify(WITHIN);
		assertThat(this.workshop.runs).hasSize(1);
	}

	@Test
	void aCancelIsAcknowledgedOnceTheProgramIsGone() {
		StepVerifier caller = fails("a", FailureCode.ENGINE_UNAVAILABLE, Executed.UNKNOWN, "was cancelled")
			.verifyLater();
		Run run = this.workshop.last();
		StepVerifier.create(this.deduplication.cancel("a"))
			.then(() -> assertThat(run.isCancelled()).isTrue())
			.then(() -> this.time.advanceTimeBy(Duration.ofSeconds(4)))
			.expectNoEvent(Duration.ofMillis(20))
			.then(run::ends)
			.expectComplete()
			.verify(WITHIN);
		caller.verify(WITHIN);
		StepVerifier.create(this.deduplication.cancel("a")).expectComplete().verify(WITHIN);
		fails("a", FailureCode.ENGINE_UNAVAILABLE, Executed.UNKNOWN, "was cancelled").verify(WITHIN);
		assertThat(this.workshop.runs).hasSize(1);
	}

	@Test
	void aProgramThatDoesNotEndIsTold() {
		Disposable _ = subscribe(execution("a"));
		assertFails(this.deduplication.cancel("a"), FailureCode.DEADLINE_EXCEEDED, Executed.UNKNOWN, "5000 ms",
				() -> this.time.advanceTimeBy(Duration.ofSeconds(5)));
		assertFails(this.deduplication.cancel("a"), FailureCode.DEADLINE_EXCEEDED, Executed.UNKNOWN, "5000 ms",
				() -> this.time.advanceTimeBy(Duration.ofSeconds(5)));
		this.workshop.last().ends();
		StepVerifier.create(this.deduplication.cancel("a")).expectComplete().verify(WITHIN);
	}

	@Test
	void aCancelThatComesFirstKeepsTheExecutionFromRunning() {
		StepVerifier.create(this.deduplication.cancel("a")).expectComplete().verify(WITHIN);
		fails("a", FailureCode.ENGINE_UNAVAILABLE, Executed.NO, "before it came").verify(WITHIN);
		assertThat(this.workshop.runs).isEmpty();
		this.time.advanceTimeBy(Duration.ofMinutes(5));
		run("a", "{1}");
	}

	@Test
	void aCancelAfterTheEndChangesNothing() {
		run("a", "{1}");
		StepVerifier.create(this.deduplication.cancel("a")).expectComplete().verify(WITHIN);
		call("a").expectNext("{1}").expectComplete().verify(WITHIN);
	}

	@Test
	void whatIsOverdueOnArrivalDoesNotRun() {
		Execution late = execution("a", "code", Terms.within(Duration.ZERO));
		assertFails(this.deduplication.execute(late), FailureCode.DEADLINE_EXCEEDED, Executed.NO, "before it came")
			.verify(WITHIN);
		assertThat(this.workshop.runs).isEmpty();
		run("a", "{1}");
	}

	@Test
	void theFirstCallsDeadlineEndsTheRunAndEveryWait() {
		Execution first = execution("a", "code", Terms.within(Duration.ofSeconds(20)));
		StepVerifier waits = assertFails(this.deduplication.execute(first), FailureCode.DEADLINE_EXCEEDED,
				Executed.UNKNOWN, "deadline")
			.verifyLater();
		StepVerifier longer = fails("a", FailureCode.DEADLINE_EXCEEDED, Executed.UNKNOWN, "deadline").verifyLater();
		this.time.advanceTimeBy(Duration.ofSeconds(19));
		assertThat(this.workshop.last().isCancelled()).isFalse();
		this.time.advanceTimeBy(Duration.ofSeconds(1));
		assertThat(this.workshop.last().isCancelled()).isTrue();
		waits.verify(WITHIN);
		longer.verify(WITHIN);
		fails("a", FailureCode.DEADLINE_EXCEEDED, Executed.UNKNOWN, "deadline").verify(WITHIN);
		assertThat(this.workshop.runs).hasSize(1);
	}

	@Test
	void anotherCallersDeadlineEndsItsOwnWaitAlone() {
		StepVerifier first = call("a").expectNext("{1}").expectComplete().verifyLater();
		Execution hasty = execution("a", "code", Terms.within(Duration.ofSeconds(10)));
		StepVerifier second = assertFails(this.deduplication.execute(hasty), FailureCode.DEADLINE_EXCEEDED,
				Executed.UNKNOWN, "deadline")
			.verifyLater();
		this.time.advanceTimeBy(Duration.ofSeconds(10));
		second.verify(WITHIN);
		assertThat(this.workshop.last().isCancelled()).isFalse();
		this.workshop.last().succeeds("{1}");
		first.verify(WITHIN);
	}

	@Test
	void aVerdictIsForgottenInTime() {
		run("a", "{1}");
		this.time.advanceTimeBy(Duration.ofSeconds(299));
		call("a").expectNext("{1}").expectComplete().verify(WITHIN);
		this.time.advanceTimeBy(Duration.ofSeconds(1));
		assertThat(this.deduplication.kept()).isZero();
		run("a", "{2}");
	}

	@Test
	void theOldestVerdictGivesWayAndItsExecutionStillDoesNotRunAgain() {
		this.deduplication = with("replay-bytes=3KB");
		run("a", "a".repeat(1000));
		run("b", "b".repeat(1000));
		assertThat(this.deduplication.bytes()).isEqualTo(2 * 1512);
		run("c", "c".repeat(1000));
		assertThat(this.deduplication.bytes()).isEqualTo(2 * 1512);
		assertThat(this.deduplication.kept()).isEqualTo(3);
		fails("a", FailureCode.ENGINE_UNAVAILABLE, Executed.YES, "no longer kept").verify(WITHIN);
		call("b").expectNext("b".repeat(1000)).expectComplete().verify(WITHIN);
		assertThat(this.workshop.runs).hasSize(3);
	}

	@Test
	void aVerdictThatIsTooLargeToKeepIsStillAnswered() {
		this.deduplication = with("replay-bytes=0B");
		run("a", "{1}");
		assertThat(this.deduplication.bytes()).isZero();
		fails("a", FailureCode.ENGINE_UNAVAILABLE, Executed.YES, "no longer kept").verify(WITHIN);
	}

	@Test
	void whatHasNoVerdictIsBoundedByNumber() {
		this.deduplication = with("remembered=2");
		for (String id : List.of("a", "b", "c")) {
			StepVerifier.create(this.deduplication.cancel(id)).expectComplete().verify(WITHIN);
		}
		assertThat(this.deduplication.kept()).isEqualTo(2);
		run("a", "{1}");
		fails("b", FailureCode.ENGINE_UNAVAILABLE, Executed.NO, "before it came").verify(WITHIN);
	}

	@Test
	void nothingHappensBeforeTheSubscription() {
		Mono<Answer> _ = this.deduplication.execute(execution("a"));
		Mono<Void> _ = this.deduplication.cancel("a");
		assertThat(this.workshop.runs).isEmpty();
		assertThat(this.deduplication.kept()).isZero();
	}

	/** Who comes in time rescues the run, and who comes too late is told so. */
	@Test
	void whoComesWhileTheLastOneLeavesGetsATypedEnd() throws InterruptedException {
		for (int round = 0; round < 300; round++) {
			String id = "race-" + round;
			Disposable first = subscribe(execution(id));
			Run run = this.workshop.last();
			AtomicInteger outcomes = new AtomicInteger();
			race(first::dispose, () -> outcome(id, outcomes), () -> outcome(id, outcomes));
			if (!run.isCancelled()) {
				run.succeeds("{1}");
			}
			assertThat(outcomes).hasValue(2);
		}
		assertThat(this.workshop.runs).hasSize(300);
	}

	@Test
	void aCancelAndTheVerdictRaceToOneOutcomeForAll() throws InterruptedException {
		for (int round = 0; round < 300; round++) {
			String id = "race-" + round;
			AtomicInteger outcomes = new AtomicInteger();
			outcome(id, outcomes);
			outcome(id, outcomes);
			Run run = this.workshop.last();
			race(() -> run.succeeds("{1}"), () -> this.deduplication.cancel(id).block(WITHIN),
					() -> outcome(id, outcomes));
			assertThat(outcomes).hasValue(3);
		}
		assertThat(this.workshop.runs).hasSize(300);
	}

	@Test
	void callsThatComeAtOnceRunOnce() throws InterruptedException {
		for (int round = 0; round < 300; round++) {
			String id = "race-" + round;
			AtomicInteger outcomes = new AtomicInteger();
			race(() -> outcome(id, outcomes), () -> outcome(id, outcomes), () -> outcome(id, outcomes));
			assertThat(this.workshop.runs).hasSize(round + 1);
			this.workshop.last().succeeds("{1}");
			assertThat(outcomes).hasValue(3);
		}
	}

	private void outcome(String id, AtomicInteger outcomes) {
		Disposable _ = this.deduplication.execute(execution(id))
			.subscribe((answer) -> outcomes.incrementAndGet(), (error) -> outcomes.incrementAndGet());
	}

	private static void race(Runnable... runners) throws InterruptedException {
		CountDownLatch start = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(runners.length);
		IntStream.range(0, runners.length).forEach((index) -> Schedulers.boundedElastic().schedule(() -> {
			try {
				start.await();
				runners[index].run();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			finally {
				end.countDown();
			}
		}));
		start.countDown();
		assertThat(end.await(5, TimeUnit.SECONDS)).isTrue();
	}

	private void run(String id, String verdict) {
		call(id).then(() -> this.workshop.last().succeeds(verdict)).expectNext(verdict).expectComplete().verify(WITHIN);
	}

	private Disposable subscribe(Execution execution) {
		return this.deduplication.execute(execution).subscribe((answer) -> {
		}, (error) -> {
		});
	}

	private StepVerifier.Step<String> call(String id) {
		return StepVerifier.create(this.deduplication.execute(execution(id)).flatMap(DeduplicationTests::text));
	}

	private StepVerifier fails(String id, FailureCode code, Executed executed, String message) {
		return assertFails(this.deduplication.execute(execution(id)), code, executed, message);
	}

	private static StepVerifier assertFails(Mono<?> result, FailureCode code, Executed executed, String message) {
		return StepVerifier.create(result).expectErrorSatisfies((error) -> isFailure(error, code, executed, message));
	}

	private static void assertFails(Mono<?> result, FailureCode code, Executed executed, String message,
			Runnable meanwhile) {
		StepVerifier.create(result)
			.then(meanwhile)
			.expectErrorSatisfies((error) -> isFailure(error, code, executed, message))
			.verify(WITHIN);
	}

	private static void isFailure(Throwable error, FailureCode code, Executed executed, String message) {
		ExecutionFailure failure = (ExecutionFailure) error;
		assertThat(failure.message()).contains(message);
		assertThat(failure.code()).isEqualTo(code);
		assertThat(failure.executed()).isEqualTo(executed);
	}

	private static Mono<String> text(Answer answer) {
		return DataBufferUtils.join(answer.body()).map((buffer) -> buffer.toString(StandardCharsets.UTF_8));
	}

	private static Execution execution(String id) {
		return execution(id, "code", Terms.within(Duration.ofMinutes(4)));
	}

	private static Execution repeatable(String id) {
		return execution(id, "code", new Terms(Deadline.in(Duration.ofMinutes(4)), true, null, null));
	}

	private static Execution execution(String id, String body, Terms terms) {
		return new Execution(id, "", "", ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)), terms);
	}

	private Deduplication with(String... settings) {
		return new Deduplication(this.workshop, Adapters.settings(settings), Duration.ofSeconds(10), this.time);
	}

}
