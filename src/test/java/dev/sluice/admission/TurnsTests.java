package dev.sluice.admission;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.sluice.admission.Admission.Outcome;
import dev.sluice.admission.Places.Inside;
import dev.sluice.execution.Answer;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Priority;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Whose turn it is, who may wait at all, and what each leaves behind.
 */
class TurnsTests {

	private static final Duration LONG = Duration.ofMinutes(3);

	enum Moment {

		WAITING, INSIDE, ANSWERED, READING

	}

	private final Places places = new Places().with("python", 1);

	private final List<Disposable> under = new ArrayList<>();

	private Admission admission = admission(100, 4000, null);

	@AfterEach
	void nothingIsLeft() {
		this.under.forEach(Disposable::dispose);
		assertThat(this.admission.waiting()).isZero();
		assertThat(this.admission.inFlight()).isZero();
		assertThat(this.admission.admitted()).isEqualTo(this.admission.ended(Outcome.COMPLETED)
				+ this.admission.ended(Outcome.FAILED) + this.admission.ended(Outcome.CANCELLED));
		assertThat(this.places.free("python")).isPositive();
		this.admission.close();
	}

	@Test
	void aFloodDelaysNobodyElse() {
		come("python", "flood", 1001);
		assertThat(this.admission.waiting()).isEqualTo(1000);
		come("python", "quiet", 2);
		finish(4);
		assertThat(this.places.entered()).containsExactly("flood", "flood", "quiet", "flood", "quiet");
	}

	@Test
	void whoComesBackIsNotBeforeThoseWhoWaited() {
		come("python", "flood", 10);
		for (int i = 0; i < 4; i++) {
			come("python", "quiet", 1);
			finish(2);
		}
		assertThat(this.places.entered()).startsWith("flood", "flood", "quiet", "flood", "quiet", "flood");
		assertThat(this.places.entered().stream().filter("quiet"::equals)).hasSize(4);
	}

	@Test
	void interactiveGoesBeforeBatch() {
		come("python", null, 1);
		keep(Places.execution("python", "a", LONG, null, Priority.BATCH));
		keep(Places.execution("python", "b", LONG, null, Priority.BATCH));
		come("python", "c", 2);
		finish(4);
		assertThat(this.places.entered()).containsExactly("null", "c", "c", "a", "b");
	}

	@Test
	void whoHasJustComeDoesNotOvertake() {
		come("python", "first", 2);
		this.places.with("python", 1);
		come("python", "second", 1);
		assertThat(this.places.entered()).containsExactly("first", "first");
		finish(1);
		assertThat(this.places.entered()).containsExactly("first", "first", "second");
	}

	@Test
	void whoWaitsHoldsUpNobodyWhoNeedsSomethingElse() {
		come("python", "a", 50);
		this.places.with("java", 1);
		come("java", "a", 2);
		assertThat(this.places.entered()).containsExactly("a", "a");
		assertThat(this.admission.waiting()).isEqualTo(50);
		this.places.with("java", 1);
		this.places.tell();
		assertThat(this.admission.waiting()).isEqualTo(49);
	}

	@Test
	void aLookAsksOnceForEachThingThatIsWaitedFor() {
		this.places.treatAllAlike();
		come("python", "first", 1);
		for (int i = 0; i < 500; i++) {
			come("python", "client-" + i, 1);
			come("java", "client-" + i, 1);
		}
		int before = this.places.asked();
		this.places.tell();
		// Time has looks be had, too.
		assertThat(this.places.asked() - before).isBetween(2, 20);
		finish(1);
		assertThat(this.places.asked() - before).isLessThan(40);
		assertThat(this.places.entered()).containsExactly("first", "client-0");
	}

	@Test
	void whoseSessionIsTakenHoldsUpNobodyWithAnother() {
		this.places.with("python", 5);
		this.places.only((execution) -> !"busy".equals(execution.terms().session()));
		keep(Places.execution("python", "a", LONG, "busy", Priority.INTERACTIVE));
		keep(Places.execution("python", "a", LONG, "busy", Priority.INTERACTIVE));
		keep(Places.execution("python", "a", LONG, "idle", Priority.INTERACTIVE));
		keep(Places.execution("python", "b", LONG, null, Priority.INTERACTIVE));
		assertThat(this.places.entered()).containsExactly("a", "b");
		assertThat(this.admission.waiting()).isEqualTo(2);
	}

	@Test
	void whoWasRefusedAfterHisTurnHasTheNextOne() {
		come("python", "a", 1);
		come("python", "b", 2);
		come("python", "c", 1);
		this.places.refuse("python", 1);
		finish(1);
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.places.entered().size() == 3);
		finish(2);
		assertThat(this.places.entered()).containsExactly("a", "b", "b", "c", "b");
		assertThat(this.admission.admitted()).isEqualTo(4);
	}

	@Test
	void oneClientMayHaveAsMuchOfTheQueueAsIsFreeBesides() {
		this.admission.close();
		this.admission = admission(100, 12, null);
		come("python", "a", 1);
		assertThat(refused("a", 12)).hasSize(6).allMatch(TurnsTests::isQuota);
		assertThat(refused("b", 12)).hasSize(9).allMatch(TurnsTests::isQuota);
		assertThat(refused(null, 4)).hasSize(1).allMatch((failure) -> failure.code() == FailureCode.OVERLOADED);
		assertThat(refused("c", 1)).hasSize(1).allMatch((failure) -> failure.code() == FailureCode.OVERLOADED);
		// Who has no more than his part of a full queue is not to blame for it.
		assertThat(refused("b", 1)).hasSize(1).allMatch((failure) -> failure.code() == FailureCode.OVERLOADED);
		assertThat(refused("a", 1)).hasSize(1).allMatch(TurnsTests::isQuota);
		assertThat(this.admission.waiting()).isEqualTo(12);
	}

	@Test
	void oneClientsShareOfTheQueueCanBeSet() {
		this.admission.close();
		this.admission = admission(100, 100, 2);
		come("python", "a", 1);
		assertThat(refused("a", 5)).hasSize(3).allMatch(TurnsTests::isQuota);
		assertThat(refused(null, 98)).isEmpty();
		assertThat(refused("a", 1)).hasSize(1).allMatch(TurnsTests::isQuota);
	}

	@Test
	void whoHasLittleOfAFullQueueIsToldThatItIsFull() {
		this.admission.close();
		this.admission = admission(100, 100, null);
		come("python", "a", 3);
		assertThat(refused(null, 98)).isEmpty();
		assertThat(refused("a", 1)).hasSize(1).allMatch((failure) -> failure.code() == FailureCode.OVERLOADED);
	}

	@Test
	void aLookAsksNobodyTwiceWhoHasNoRoom() {
		this.places.only((execution) -> !"blocked".equals(execution.terms().session()));
		come("python", "first", 1);
		for (int i = 0; i < 50; i++) {
			keep(Places.execution("python", "client-" + i, LONG, "blocked", Priority.INTERACTIVE));
		}
		int before = this.places.asked();
		come("python", "late", 50);
		// Nobody else is asked for who has no room himself.
		assertThat(this.places.asked() - before).isLessThan(50 * 20);
		this.places.with("python", 50);
		before = this.places.asked();
		this.places.tell();
		assertThat(this.places.entered()).hasSize(51);
		// Time has looks be had, too.
		assertThat(this.places.asked() - before).isLessThan(10 * (50 + 50));
		assertThat(this.admission.waiting()).isEqualTo(50);
	}

	@Test
	void clientsTakeTurnsAlsoBehindOneWithoutRoom() {
		this.places.only((execution) -> !"blocked".equals(execution.terms().session()));
		come("python", "first", 1);
		keep(Places.execution("python", "a", LONG, "blocked", Priority.INTERACTIVE));
		keep(Places.execution("python", "a", LONG, "free", Priority.INTERACTIVE));
		keep(Places.execution("python", "a", LONG, "free", Priority.INTERACTIVE));
		come("python", "b", 2);
		this.places.with("python", 5);
		this.places.tell();
		assertThat(this.places.entered()).containsExactly("first", "a", "b", "a", "b");
		assertThat(this.admission.waiting()).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void anErrorEndsNothingButTheOneThatMeetsIt(boolean waiting) {
		List<Throwable> errors = new ArrayList<>();
		this.places.onEntry(() -> {
			throw new LinkageError("A fault");
		});
		if (waiting) {
			this.places.with("python", -1);
		}
		this.under.add(this.admission.execute(Places.execution("python", "a")).subscribe((answer) -> {
		}, errors::add));
		if (waiting) {
			this.places.with("python", 1);
			this.places.tell();
		}
		assertThat(errors).singleElement().isInstanceOf(LinkageError.class);
		assertThat(this.admission.inFlight()).isZero();
		this.places.onEntry(() -> {
		});
		come("python", "b", 2);
		finish(2);
		assertThat(this.places.entered()).containsExactly("b", "b");
	}

	@Test
	void anErrorOfALookDoesNotStopTheQueue() {
		come("python", "a", 2);
		this.places.only((execution) -> {
			throw new LinkageError("A fault");
		});
		this.places.first().finish();
		this.places.only((execution) -> true);
		this.places.tell();
		assertThat(this.places.entered()).hasSize(2);
		finish(1);
	}

	@Test
	void roomThatCameWhileOneWasRefusedIsNotMissed() {
		this.admission.close();
		this.places.onEntry(() -> this.places.onEntry(() -> {
		}));
		this.places.refuse("python", 1);
		come("python", "a", 1);
		assertThat(this.places.entered()).hasSize(2);
		finish(1);
	}

	@Test
	void withoutAQueueNobodyWaits() {
		this.admission.close();
		this.admission = admission(100, 0, null);
		come("python", "a", 1);
		assertThat(refused("a", 2)).hasSize(2).allMatch((failure) -> failure.code() == FailureCode.OVERLOADED);
		finish(1);
		this.places.refuse("python", 1);
		assertThat(refused("a", 1)).hasSize(1).allMatch((failure) -> failure.code() == FailureCode.POOL_FULL);
		assertThat(this.admission.ended(Outcome.FAILED)).isEqualTo(1);
		assertThat(this.admission.ended(Outcome.REFUSED)).isEqualTo(2);
	}

	@Test
	void whoCannotHaveHisTurnInTimeIsRefusedAtOnce() {
		long begin = System.nanoTime();
		come("python", "a", 120);
		await().pollInterval(Duration.ofMillis(20)).atMost(10, TimeUnit.SECONDS).until(() -> {
			finish(1);
			return this.places.entered().size() == 20;
		});
		// As fast as the machine is: in this time about 20 have their turns.
		Duration time = Duration.ofNanos(System.nanoTime() - begin);
		Execution hasty = Places.execution("python", "a", time, null, Priority.INTERACTIVE);
		List<ExecutionFailure> failures = new ArrayList<>();
		keep(hasty, failures);
		assertThat(failures).singleElement().satisfies((failure) -> {
			assertThat(failure.code()).isEqualTo(FailureCode.OVERLOADED);
			assertThat(failure.retryAfter()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(60));
		});
		// Another client's turn comes sooner.
		keep(Places.execution("python", "b", time, null, Priority.INTERACTIVE), failures);
		assertThat(failures).hasSize(1);
	}

	@Test
	void aPermitIsTheAnswersUntilItsEnd() {
		this.admission.close();
		this.admission = admission(2, 10, null);
		this.places.with("python", 9);
		come("python", "a", 4);
		assertThat(this.admission.inFlight()).isEqualTo(2);
		Inside one = this.places.first();
		one.answer();
		assertThat(this.admission.waiting()).isEqualTo(2);
		one.breakOff();
		assertThat(this.admission.waiting()).isEqualTo(1);
		this.places.first().fail();
		assertThat(this.admission.waiting()).isZero();
		assertThat(this.admission.inFlight()).isEqualTo(2);
		finish(2);
		assertThat(this.admission.inFlight()).isZero();
		assertThat(this.admission.ended(Outcome.FAILED)).isEqualTo(2);
		assertThat(this.admission.ended(Outcome.COMPLETED)).isEqualTo(2);
	}

	@Test
	void anAnswerThatNobodyReadsGivesItsPermitBack() {
		List<Answer> answers = new ArrayList<>();
		this.admission.execute(Places.execution("python", "a")).subscribe(answers::add);
		this.places.first().answer();
		assertThat(this.admission.inFlight()).isEqualTo(1);
		answers.getFirst().discard();
		assertThat(this.admission.inFlight()).isZero();
		assertThat(this.admission.ended(Outcome.CANCELLED)).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource
	void whoLeavesLeavesNothing(Moment moment) {
		Mono<Answer> call = this.admission.execute(Places.execution("python", "a"));
		if (moment == Moment.WAITING) {
			come("python", "b", 1);
		}
		Disposable leaving = (moment == Moment.READING) ? call.flatMapMany(Answer::body).subscribe()
				: call.flatMap((answer) -> Mono.never()).subscribe();
		if (moment == Moment.ANSWERED || moment == Moment.READING) {
			this.places.first().answer();
		}
		int before = this.admission.inFlight();
		leaving.dispose();
		assertThat(this.admission.waiting()).isZero();
		boolean waited = moment == Moment.WAITING;
		assertThat(this.admission.inFlight()).isEqualTo(waited ? before : 0);
		assertThat(this.admission.ended(waited ? Outcome.LEFT : Outcome.CANCELLED)).isEqualTo(1);
	}

	@Test
	void whoLeavesWhileHeIsLetInGoesNoFurther() {
		this.places.with("python", -1);
		come("python", "a", 1);
		this.places.onEntry(this.under.getFirst()::dispose);
		this.places.with("python", 1);
		this.places.tell();
		assertThat(this.places.entered()).hasSize(1);
		assertThat(this.admission.inFlight()).isZero();
		assertThat(this.admission.ended(Outcome.CANCELLED)).isEqualTo(1);
	}

	private static boolean isQuota(ExecutionFailure failure) {
		return failure.code() == FailureCode.QUOTA_EXCEEDED && failure.retryAfter() != null && failure.retryable();
	}

	private Admission admission(int inFlight, int queue, @Nullable Integer clientQueue) {
		return new Admission(this.places,
				new AdmissionProperties(inFlight, queue, clientQueue, Duration.ofSeconds(30)));
	}

	private void come(String language, @Nullable String client, int times) {
		for (int i = 0; i < times; i++) {
			keep(Places.execution(language, client));
		}
	}

	private List<ExecutionFailure> refused(@Nullable String client, int times) {
		List<ExecutionFailure> failures = new ArrayList<>();
		for (int i = 0; i < times; i++) {
			keep(Places.execution("python", client), failures);
		}
		return failures;
	}

	private void keep(Execution execution) {
		keep(execution, new ArrayList<>());
	}

	private void keep(Execution execution, List<ExecutionFailure> failures) {
		this.under.add(this.admission.execute(execution).flatMapMany(Answer::body).subscribe((buffer) -> {
		}, (error) -> failures.add((ExecutionFailure) error)));
	}

	private void finish(int times) {
		for (int i = 0; i < times; i++) {
			this.places.first().finish();
		}
	}

}
