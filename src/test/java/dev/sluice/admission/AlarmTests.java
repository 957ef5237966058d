package dev.sluice.admission;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.execution.Deadline;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class AlarmTests {

	private final AtomicInteger rung = new AtomicInteger();

	@Test
	void itRingsOnceHoweverManySetIt() {
		Alarm alarm = alarm(Deadline.in(Duration.ofMillis(300)));
		together(List.of(alarm::set, alarm::set, alarm::set, alarm::set));
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.rung.get() == 1);
		await().during(Duration.ofMillis(100)).atMost(1, TimeUnit.SECONDS).until(() -> this.rung.get() == 1);
	}

	@Test
	void oneWhoseTimeHasComeRingsAtOnceWhereItIsSetAgain() {
		Alarm alarm = alarm(Deadline.in(Duration.ofMillis(20)));
		alarm.set();
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.rung.get() == 1);
		alarm.set();
		assertThat(this.rung).hasValue(2);
	}

	@Test
	void aSilencedOneRingsNoMoreWhoeverSetsIt() {
		List<Alarm> alarms = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			Alarm alarm = alarm(Deadline.in(Duration.ofMillis(500)));
			alarms.add(alarm);
			together(List.of(alarm::set, alarm::silence));
		}
		await().during(Duration.ofMillis(600)).atMost(2, TimeUnit.SECONDS).until(() -> this.rung.get() == 0);
		alarms.forEach(Alarm::set);
		assertThat(this.rung).hasValue(0);
	}

	private Alarm alarm(Deadline at) {
		return new Alarm(at, this.rung::incrementAndGet);
	}

	private static void together(List<Runnable> all) {
		CompletableFuture.allOf(all.stream().map(CompletableFuture::runAsync).toArray(CompletableFuture[]::new)).join();
	}

}
