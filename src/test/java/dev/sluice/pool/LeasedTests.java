package dev.sluice.pool;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.RawServer;
import dev.sluice.execution.Deadline;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Ids;
import dev.sluice.execution.Terms;
import dev.sluice.pool.Lease.End;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class LeasedTests {

	private static final long MINUTE = Duration.ofMinutes(1).toNanos();

	private final RawServer server = new RawServer();

	private final SessionPool pool = (SessionPool) TestPools.at(this.server.address()).all().getFirst();

	private final Quarantine quarantine = new Quarantine("test", this.pool.wire(), Duration.ofMillis(50));

	private long now = 1000 * MINUTE;

	private int room;

	private final Refusals refusals = new Refusals(() -> this.now);

	@AfterEach
	void close() {
		this.pool.close();
		this.server.close();
	}

	@Test
	void theWarmestIsUsedAgain() {
		Leased sessions = sessions(3, 1, 100, 0, false);
		Lease one = take(sessions, null);
		Lease two = take(sessions, null);
		one.end(End.WELL);
		two.end(End.WELL);
		assertThat(take(sessions, null).identifier()).isEqualTo(two.identifier());
		assertThat(sessions.counts()).isEqualTo(new SessionCounts(1, 1, 0, 2));
	}

	@Test
	void thereAreNoMoreThanMay() {
		Leased sessions = sessions(2, 1, 100, 0, false);
		Lease one = take(sessions, null);
		take(sessions, null);
		assertThat(sessions.take(execution(null))).isNull();
		assertThat(sessions.hasRoomFor(execution(null))).isFalse();
		one.end(End.WELL);
		assertThat(this.room).isEqualTo(1);
		assertThat(take(sessions, null).identifier()).isEqualTo(one.identifier());
	}

	@Test
	void soManyAtATimeUseOne() {
		Leased sessions = sessions(2, 2, 100, 0, false);
		Lease one = take(sessions, null);
		assertThat(take(sessions, null).identifier()).isEqualTo(one.identifier());
		assertThat(take(sessions, null).identifier()).isNotEqualTo(one.identifier());
	}

	@Test
	void aSessionStaysWithItsClient() {
		Leased sessions = sessions(2, 1, 100, 0, false);
		Lease ann = take(sessions, "ann");
		ann.end(End.WELL);
		assertThat(take(sessions, "bob").identifier()).isNotEqualTo(ann.identifier());
		assertThat(take(sessions, "ann").identifier()).isEqualTo(ann.identifier());
	}

	@Test
	void aSessionOfAnotherClientMakesWay() {
		Leased sessions = sessions(1, 1, 100, 0, false);
		take(sessions, "ann").end(End.WELL);
		assertThat(sessions.take(execution("bob"))).isNull();
		await().atMost(5, TimeUnit.SECONDS).until(() -> sessions.hasRoomFor(execution("bob")));
		assertThat(take(sessions, "bob")).isNotNull();
		assertThat(this.server.count("/.management/stopSession")).isEqualTo(1);
	}

	@Test
	void thoseThatNobodyUsesMakeWayForExecutionsThatNameNone() {
		Leased sessions = sessions(100, 1, 100, 0, false);
		List<Lease> leases = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			leases.add(take(sessions, "ann"));
		}
		leases.forEach((lease) -> lease.end(End.WELL));
		Unnamed unnamed = new Unnamed("test", this.refusals, sessions, true, () -> this.room++);
		for (int stopped = 1; stopped <= 3; stopped++) {
			take(unnamed, null).end(End.REFUSED);
			assertThat(unnamed.take(execution(null))).isNull();
			await().atMost(5, TimeUnit.SECONDS).until(() -> unnamed.hasRoomFor(execution(null)));
			assertThat(this.server.count("/.management/stopSession")).isEqualTo(stopped);
		}
		assertThat(sessions.counts().idle()).isZero();
	}

	@Test
	void oneMakesWayAtATimeWhereThePoolHasLessRoomThanMayBeUsed() {
		Leased sessions = sessions(100, 1, 100, 0, false);
		List<Lease> anns = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			anns.add(take(sessions, "ann"));
		}
		anns.forEach((lease) -> lease.end(End.WELL));
		take(sessions, "bob").end(End.REFUSED);
		assertThat(sessions.hasRoomFor(execution("bob"))).isTrue();
		assertThat(sessions.take(execution("bob"))).isNull();
		await().atMost(5, TimeUnit.SECONDS).until(() -> sessions.hasRoomFor(execution("bob")));
		Lease bob = take(sessions, "bob");
		assertThat(sessions.counts().idle()).isEqualTo(7);
		bob.end(End.WELL);
		assertThat(take(sessions, "bob").identifier()).isEqualTo(bob.identifier());
		assertThat(this.server.count("/.management/stopSession")).isEqualTo(1);
	}

	@Test
	void moreMakeWayAtOnceWhereThePlacesAreTaken() {
		Leased sessions = sessions(20, 1, 100, 0, false);
		idle(sessions, 20);
		assertThat(sessions.take(execution("bob"))).isNull();
		await().atMost(5, TimeUnit.SECONDS).until(() -> sessions.counts().quarantined() == 0);
		take(sessions, "bob");
		this.server.answersForManagement(new RawServer.Reply("", RawServer.Then.HANG));
		assertThat(sessions.take(execution("bob"))).isNull();
		assertThat(sessions.hasRoomFor(execution("carl"))).isTrue();
		assertThat(sessions.take(execution("carl"))).isNull();
		assertThat(sessions.counts().quarantined()).isEqualTo(2);
		assertThat(sessions.hasRoomFor(execution("dan"))).isFalse();
		assertThat(sessions.take(execution("dan"))).isNull();
		assertThat(sessions.counts().quarantined()).isEqualTo(2);
	}

	@Test
	void oneMakesWayWhereAnotherIsBeingEnded() {
		Leased sessions = sessions(2, 1, 100, 0, false);
		Lease bad = take(sessions, "ann");
		idle(sessions, 1);
		this.server.answersForManagement(new RawServer.Reply("", RawServer.Then.HANG));
		bad.end(End.BADLY);
		assertThat(sessions.take(execution("bob"))).isNull();
		assertThat(sessions.counts().quarantined()).isEqualTo(2);
	}

	@Test
	void aSessionThatCannotBeStoppedKeepsNoOtherFromMakingWay() {
		Leased sessions = sessions(2, 1, 100, 0, false);
		idle(sessions, 2);
		this.server.answersForManagement(new RawServer.Reply("", RawServer.Then.HANG));
		assertThat(sessions.take(execution("bob"))).isNull();
		assertThat(sessions.hasRoomFor(execution("bob"))).isFalse();
		this.now += Duration.ofSeconds(5).toNanos();
		assertThat(sessions.hasRoomFor(execution("bob"))).isTrue();
		assertThat(sessions.take(execution("bob"))).isNull();
		assertThat(sessions.counts().quarantined()).isEqualTo(2);
	}

	@Test
	void noSecondOneMakesWayBeforeThePlaceOfTheFirstWasTried() {
		Leased sessions = sessions(100, 1, 100, 0, false);
		List<Lease> anns = List.of(take(sessions, "ann"), take(sessions, "ann"), take(sessions, "ann"));
		anns.forEach((lease) -> lease.end(End.WELL));
		this.refusals.heed(ExecutionFailure.passing(FailureCode.POOL_FULL, "full")
			.afterAttempts(1)
			.retryAfter(Duration.ofHours(1)));
		for (int i = 0; i < 5; i++) {
			assertThat(sessions.take(execution("bob"))).isNull();
			await().atMost(5, TimeUnit.SECONDS).until(() -> sessions.counts().quarantined() == 0);
			assertThat(sessions.hasRoomFor(execution("bob"))).isFalse();
		}
		assertThat(sessions.counts().idle()).isEqualTo(2);
	}

	@Test
	void whoIsToldOfRoomHoldsNoLock() throws Exception {
		LeaseProperties properties = new LeaseProperties(3, 1, 100, Duration.ofHours(1), Duration.ofMinutes(5), 1,
				false);
		AtomicReference<Leased> told = new AtomicReference<>();
		List<Boolean> locked = new ArrayList<>();
		Leased sessions = new Leased(properties, this.refusals, this.quarantine, () -> this.now,
				() -> locked.add(Thread.holdsLock(told.get())));
		told.set(sessions);
		Lease warming = sessions.warmUp();
		warming.sent();
		warming.end(End.WELL);
		take(sessions, null).end(End.WELL);
		assertThat(locked).containsExactly(false, false);
	}

	@Test
	void whoLeavesGivesItsIdleSessionsAway() {
		Leased sessions = sessions(3, 1, 100, 0, false);
		Lease idle = take(sessions, null);
		Lease busy = take(sessions, null);
		idle.end(End.WELL);
		assertThat(sessions.leave()).containsExactly(idle.identifier());
		assertThat(sessions.counts()).isEqualTo(new SessionCounts(1, 0, 0, 2));
		busy.end(End.WELL);
	}

	@Test
	void sessionsAreSharedWhereThatIsSaid() {
		Leased sessions = sessions(2, 1, 100, 0, true);
		Lease ann = take(sessions, "ann");
		ann.end(End.WELL);
		assertThat(take(sessions, "bob").identifier()).isEqualTo(ann.identifier());
	}

	@Test
	void aSessionIsLetGoAfterItsUsesOrItsTime() {
		Leased sessions = sessions(3, 1, 2, 0, false);
		Lease first = take(sessions, null);
		first.end(End.WELL);
		take(sessions, null).end(End.WELL);
		Lease next = take(sessions, null);
		assertThat(next.identifier()).isNotEqualTo(first.identifier());
		next.end(End.WELL);
		this.now += 61 * MINUTE;
		assertThat(take(sessions, null).identifier()).isNotEqualTo(next.identifier());
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.server.count("/.management/stopSession") == 2);
	}

	@Test
	void idleOnesAreLetGoBeforeThePoolDoesIt() {
		Leased sessions = sessions(3, 1, 100, 0, false);
		take(sessions, null).end(End.WELL);
		this.now += 4 * MINUTE;
		assertThat(sessions.sweep(true)).isEmpty();
		assertThat(sessions.counts().idle()).isEqualTo(1);
		this.now += MINUTE;
		sessions.sweep(true);
		assertThat(sessions.counts().idle()).isZero();
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.server.count("/.management/stopSession") == 1);
	}

	@Test
	void warmOnesAreMadeAndKept() {
		Leased sessions = sessions(3, 1, 100, 2, false);
		List<Lease> warming = new ArrayList<>();
		for (Lease lease = sessions.warmUp(); lease != null; lease = sessions.warmUp()) {
			warming.add(lease);
		}
		assertThat(warming).hasSize(2);
		warming.forEach((lease) -> {
			lease.sent();
			lease.end(End.WELL);
		});
		this.now += 5 * MINUTE;
		assertThat(sessions.sweep(true))
			.containsExactlyInAnyOrderElementsOf(warming.stream().map(Lease::identifier).toList());
		assertThat(sessions.counts().idle()).isEqualTo(2);
		assertThat(take(sessions, "ann")).isNotNull();
	}

	@Test
	void aSessionThatWasLeftBadlyIsNeverUsedAgain() {
		Leased sessions = sessions(1, 1, 100, 0, false);
		Lease bad = take(sessions, null);
		bad.end(End.BADLY);
		assertThat(sessions.take(execution(null))).isNull();
		await().atMost(5, TimeUnit.SECONDS).until(() -> sessions.hasRoomFor(execution(null)));
		assertThat(take(sessions, null).identifier()).isNotEqualTo(bad.identifier());
		assertThat(this.server.requests()).anyMatch(
				(request) -> request.contains("stopSession") && request.contains("identifier=" + bad.identifier()));
	}

	@Test
	void aSessionThatCannotBeStoppedInAnOutageIsStoppedAfterIt() {
		this.server.answersForManagement(RawServer.Reply.whole(503, "", ""));
		Quarantine patient = new Quarantine("test", this.pool.wire(), Duration.ofMinutes(5), Duration.ofMillis(50));
		List<String> gone = new ArrayList<>();
		patient.stop("some-session", () -> gone.add("some-session"));
		await().atMost(15, TimeUnit.SECONDS).until(() -> this.server.count("/.management/stopSession") == 5);
		this.server.answersForManagement(RawServer.Reply.whole(200, "", ""));
		await().atMost(10, TimeUnit.SECONDS).until(() -> patient.stopped() == 1);
		await().atMost(10, TimeUnit.SECONDS).until(() -> patient.inside() == 0);
		assertThat(gone).hasSize(1);
		assertThat(patient.leftToCooldown()).isZero();
		patient.close();
	}

	@Test
	void aCancelThatNobodyAcknowledgesStopsTheSession() {
		Leased sessions = sessions(1, 1, 100, 0, false);
		take(sessions, null).end(End.CANCELLED);
		await().atMost(5, TimeUnit.SECONDS).until(() -> sessions.hasRoomFor(execution(null)));
		assertThat(this.server.count("/.management/stopSession")).isEqualTo(1);
	}

	@Test
	void aSessionThatIsBeingStoppedHasNoRoom() {
		this.server.answersForManagement(new RawServer.Reply("", RawServer.Then.HANG));
		Leased sessions = sessions(1, 1, 100, 0, false);
		take(sessions, null).end(End.CANCELLED);
		assertThat(sessions.counts().quarantined()).isEqualTo(1);
		assertThat(sessions.hasRoomFor(execution(null))).isFalse();
	}

	@Test
	void whatWasNeverSentTookNoSession() {
		Leased sessions = sessions(1, 1, 100, 0, false);
		Lease unsent = sessions.take(execution(null));
		unsent.end(End.CANCELLED);
		assertThat(sessions.counts()).isEqualTo(new SessionCounts(0, 0, 0, 1));
		assertThat(this.quarantine.inside()).isZero();
	}

	@Test
	void aPoolThatRefusesOneMoreIsNotAskedAtOnceAgain() {
		Leased sessions = sessions(3, 1, 100, 0, false);
		take(sessions, null).end(End.WELL);
		Lease given = take(sessions, null);
		take(sessions, null).end(End.REFUSED);
		assertThat(sessions.take(execution(null))).isNull();
		given.end(End.WELL);
		assertThat(take(sessions, null).identifier()).isEqualTo(given.identifier());
		this.now += MINUTE;
		assertThat(sessions.take(execution(null))).isNotNull();
		assertThat(sessions.take(execution(null))).as("one at a time tries").isNull();
	}

	@Test
	void allAreRecycledEachAsSoonAsNothingRunsInIt() {
		Leased sessions = sessions(3, 1, 100, 0, false);
		Lease busy = take(sessions, null);
		take(sessions, null).end(End.WELL);
		sessions.recycle();
		assertThat(sessions.counts().idle()).isZero();
		busy.end(End.WELL);
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.server.count("/.management/stopSession") == 2);
		assertThat(take(sessions, null).identifier()).isNotEqualTo(busy.identifier());
	}

	@Test
	void aNamedSessionIsItsClientsOwn() {
		Sticky sticky = sticky(100);
		Set<String> identifiers = new HashSet<>();
		for (String[] who : new String[][] { { "ann", "x" }, { "bob", "x" }, { "ann", "y" }, { "an", "nx" } }) {
			identifiers.add(sticky.take(execution(who[0], who[1])).identifier());
		}
		assertThat(identifiers).hasSize(4).allMatch((identifier) -> identifier.matches("[0-9a-f]{64}"));
		assertThat(sticky.take(execution("ann", "x"))).as("one execution at a time").isNull();
		assertThatThrownBy(() -> sticky.take(execution(null, "x"))).isInstanceOf(ExecutionFailure.class)
			.hasMessageContainingAll("X-Session-Id", "set sluice.clients.keys");
	}

	@Test
	void namedSessionsAreBoundedAndHeedRefusals() {
		Sticky sticky = sticky(2);
		Lease one = sticky.take(execution("ann", "x"));
		one.sent();
		sticky.take(execution("bob", "x")).sent();
		assertThat(sticky.hasRoomFor(execution("carl", "x"))).isFalse();
		assertThat(sticky.take(execution("carl", "x"))).isNull();
		one.end(End.REFUSED);
		assertThat(sticky.hasRoomFor(execution("carl", "x"))).isFalse();
		this.now += Duration.ofSeconds(1).toNanos();
		assertThat(sticky.hasRoomFor(execution("carl", "x"))).isTrue();
		assertThat(sticky.take(execution("carl", "x"))).isNotNull();
	}

	@Test
	void namedSessionsAreRecycledAndForgottenOnceThePoolLetThemGo() {
		Sticky sticky = sticky(2);
		Lease busy = sticky.take(execution("ann", "x"));
		busy.sent();
		Lease idle = sticky.take(execution("bob", "x"));
		idle.sent();
		idle.end(End.WELL);
		assertThat(sticky.counts()).isEqualTo(new SessionCounts(1, 1, 0, 2));
		sticky.recycle();
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.server.count("/.management/stopSession") == 1);
		busy.end(End.WELL);
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.server.count("/.management/stopSession") == 2);
		await().atMost(5, TimeUnit.SECONDS).until(() -> sticky.counts().quarantined() == 0);
		Lease again = sticky.take(execution("ann", "x"));
		assertThat(again.identifier()).isEqualTo(busy.identifier());
		again.sent();
		again.end(End.WELL);
		this.now += 6 * MINUTE;
		assertThat(sticky.hasRoomFor(execution("bob", "x"))).isTrue();
		assertThat(sticky.counts().idle()).isZero();
	}

	private Sticky sticky(int most) {
		LeaseProperties properties = new LeaseProperties(most, 1, 100, Duration.ofHours(1), Duration.ofMinutes(5), 0,
				false);
		return new Sticky("a secret of some length", properties, new Refusals(() -> this.now), this.quarantine,
				sessions(1, 1, 1, 0, false), () -> this.now, () -> this.room++);
	}

	private Leased sessions(int most, int each, int uses, int warm, boolean shared) {
		LeaseProperties properties = new LeaseProperties(most, each, uses, Duration.ofHours(1), Duration.ofMinutes(5),
				warm, shared);
		return new Leased(properties, this.refusals, this.quarantine, () -> this.now, () -> this.room++);
	}

	private static void idle(Leased sessions, int number) {
		List<Lease> anns = new ArrayList<>();
		for (int i = 0; i < number; i++) {
			anns.add(take(sessions, "ann"));
		}
		anns.forEach((lease) -> lease.end(End.WELL));
	}

	private static Lease take(Sessions sessions, String client) {
		Lease lease = sessions.take(execution(client));
		assertThat(lease).isNotNull();
		lease.sent();
		return lease;
	}

	private static Execution execution(String client) {
		return execution(client, null);
	}

	private static Execution execution(String client, String session) {
		return new Execution(Ids.next(), "python", "*", ByteBuffer.allocate(0),
				new Terms(Deadline.in(Duration.ofMinutes(1)), false, client, session));
	}

}
