package dev.sluice.engine;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import dev.sluice.engine.EngineProperties.SandboxKind;
import dev.sluice.execution.Event;
import dev.sluice.execution.Program;
import dev.sluice.execution.Stage;
import dev.sluice.execution.StageLimits;
import dev.sluice.execution.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Programs that are talked to while they run, in each sandbox that works on this machine.
 */
@ParameterizedClass
@MethodSource("dev.sluice.engine.Engines#sandboxes")
class InteractionTests {

	private static Engine engine;

	@Parameter
	SandboxKind sandbox;

	private final Input input = Input.open(100);

	private final List<Event> events = new CopyOnWriteArrayList<>();

	@BeforeParameterizedClassInvocation
	static void start(SandboxKind sandbox) {
		engine = Engines.start("sandbox=" + sandbox, "run.wall-time=20s");
	}

	@AfterParameterizedClassInvocation
	static void close() {
		engine.close();
	}

	@AfterEach
	void nothingIsLeft() {
		await().atMost(5, TimeUnit.SECONDS).until(() -> engine.admitted() == 0 && threads() == 0);
	}

	@Test
	void aProgramAsksTwiceAndIsAnsweredTwice() {
		start("python", """
				print('Hello', input('Name? '), flush=True)
				print(int(input('Number? ')) * 2)
				""");
		awaitText("Name? ");
		write("Ada\n");
		awaitText("Name? Hello Ada\nNumber? ");
		write("21\n");
		Ran run = end();
		assertThat(run.stdout()).isEqualTo("Name? Hello Ada\nNumber? 42\n");
		assertThat(run.succeeded()).isTrue();
	}

	@Test
	void theEndOfTheFileEndsCat() {
		start("bash", "cat; echo done");
		write("one");
		awaitText("one");
		onAnEventLoop(() -> {
			write("two");
			this.input.end();
		});
		assertThat(end().stdout()).isEqualTo("onetwodone\n");
		assertThat(this.input.write(new byte[1000])).isTrue();
	}

	@Test
	void whatIsWrittenBeforeTheProgramReadsIsKept() {
		write("early ");
		write("bird");
		this.input.end();
		start("bash", "sleep 0.2; cat");
		assertThat(end().stdout()).isEqualTo("early bird");
	}

	@Test
	void aCompilationGetsNothingOfIt() {
		write("42");
		this.input.end();
		this.input.signal("SIGWINCH");
		start("c", """
				#include <stdio.h>
				int main() { int i; scanf("%d", &i); printf("%d", i); }
				""");
		assertThat(end().stdout()).isEqualTo("42");
	}

	@Test
	void anInterruptIsCaughtByPython() {
		start("python", """
				import time
				try:
				    print('ready', flush=True)
				    time.sleep(15)
				except KeyboardInterrupt:
				    print('interrupted')
				""");
		awaitText("ready\n");
		onAnEventLoop(() -> this.input.signal("SIGINT"));
		Ran run = end();
		assertThat(run.stdout()).isEqualTo("ready\ninterrupted\n");
		assertThat(run.succeeded()).isTrue();
	}

	@Test
	void aTrapRunsAtOnceWhateverTheShellWaitsFor() {
		start("bash", "trap 'echo trapped; exit 5' INT; echo ready; sleep 15.5");
		awaitText("ready\n");
		this.input.signal("SIGINT");
		Ran run = end();
		assertThat(run.stdout()).isEqualTo("ready\ntrapped\n");
		assertThat(run.code()).isEqualTo(5);
		assertThat(run.wallTime()).isLessThan(Duration.ofSeconds(5));
	}

	@Test
	void signalsComeInTheirOrderAndAsOftenAsTheyAreSent() {
		start("python", """
				import signal
				for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP):
				    signal.signal(number, lambda number, frame: print(number, end=' ', flush=True))
				print('ready', end=' ', flush=True)
				while input(): pass
				""");
		awaitText("ready ");
		this.input.signal("SIGUSR2");
		awaitText("ready 12 ");
		this.input.signal("SIGUSR1");
		awaitText("ready 12 10 ");
		this.input.signal("SIGUSR2");
		awaitText("ready 12 10 12 ");
		write("\n");
		assertThat(end().succeeded()).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "SIGTERM, SIGTERM, 15", "SIGKILL, SIGKILL, 9", "SIGIOT, SIGABRT, 6" })
	void aSignalThatIsNotCaughtEndsTheProgramAsAVerdict(String sent, String name, int number) {
		start("bash", "echo ready; sleep 15.5");
		awaitText("ready\n");
		this.input.signal(sent);
		Ran run = end();
		assertThat(run.signal()).isEqualTo(name);
		assertThat(run.status()).isEqualTo(Status.SG);
		assertThat(run.message()).isEqualTo("Caught fatal signal " + number);
		assertThat(run.code()).isNull();
	}

	@Test
	void aSignalBeforeTheProgramRunsWaitsForIt() {
		this.input.signal("SIGTERM");
		start("bash", "sleep 15.5");
		assertThat(end().signal()).isEqualTo("SIGTERM");
	}

	@Test
	void aStoppedProgramIsHeldToItsTime() {
		Program program = Engines.with(Engines.program(engine, "bash", "echo ready; while sleep 0.1; do :; done"),
				new StageLimits(Duration.ofSeconds(1), null, null));
		start(program);
		awaitText("ready\n");
		this.input.signal("SIGSTOP");
		assertThat(end().message()).isEqualTo("Time limit exceeded (wall clock)");
	}

	@Test
	void aStoppedProgramGoesOn() {
		start("bash", "echo ready; read; echo $REPLY");
		awaitText("ready\n");
		this.input.signal("SIGSTOP");
		this.input.signal("SIGCONT");
		write("on\n");
		assertThat(end().stdout()).isEqualTo("ready\non\n");
	}

	@Test
	void aWriteBeyondTheBoundIsRefusedUntilThereIsRoom() {
		AtomicInteger rooms = new AtomicInteger();
		start("bash", "trap : USR1; echo ready; sleep 15.5; cat | wc -c");
		awaitText("ready\n");
		assertThat(this.input.write(new byte[500_000])).isTrue();
		assertThat(this.input.write(new byte[1])).isFalse();
		this.input.onRoom(rooms::incrementAndGet);
		assertThat(rooms).hasValue(0);
		this.input.signal("SIGUSR1");
		await().atMost(Engines.WITHIN).until(() -> rooms.get() == 1);
		assertThat(this.input.write(new byte[100])).isTrue();
		this.input.end();
		assertThat(end().stdout().strip()).endsWith("500100");
	}

	@ParameterizedTest
	@ValueSource(strings = { "echo done", "echo done; head -c 1 >/dev/null" })
	void aProgramEndsWhileItsInputIsOpen(String code) {
		write("x".repeat(500_000));
		start("bash", code);
		Ran run = end();
		assertThat(run.succeeded()).isTrue();
		assertThat(run.wallTime()).isLessThan(Duration.ofSeconds(5));
		assertThat(this.input.write(new byte[1000])).isTrue();
		assertThat(this.input.write(new byte[1000])).isTrue();
		this.input.signal("SIGINT");
		this.input.end();
		nothingIsLeft();
	}

	@Test
	void aCancelEndsAProgramThatWaitsForItsInput() {
		Disposable running = start("bash", "echo ready; cat");
		awaitText("ready\n");
		running.dispose();
		nothingIsLeft();
		assertThat(this.input.write(new byte[1000])).isTrue();
	}

	@Test
	void aCancelEndsAProgramThatDoesNotReadItsInput() {
		this.input.write(new byte[500_000]);
		Disposable running = start("bash", "echo ready; sleep 15.5");
		awaitText("ready\n");
		onAnEventLoop(running::dispose);
		nothingIsLeft();
	}

	private Disposable start(String language, String code) {
		return start(Engines.program(engine, language, code));
	}

	private Disposable start(Program program) {
		return engine.run(program, this.input, () -> {
		}).subscribe(this.events::add);
	}

	private void write(String text) {
		assertThat(this.input.write(text.getBytes(StandardCharsets.UTF_8))).isTrue();
	}

	private static void onAnEventLoop(Runnable act) {
		Mono.fromRunnable(act).subscribeOn(Schedulers.parallel()).block(Engines.WITHIN);
	}

	private void awaitText(String text) {
		await().atMost(Engines.WITHIN)
			.untilAsserted(() -> assertThat(this.events.stream()
				.filter(Event.Wrote.class::isInstance)
				.map((event) -> ((Event.Wrote) event).text())
				.collect(Collectors.joining())).isEqualTo(text));
	}

	private Ran end() {
		await().atMost(Engines.WITHIN)
			.until(() -> !this.events.isEmpty() && this.events.getLast() instanceof Event.Ended);
		return Ran.of(this.events, Stage.RUN);
	}

	private static long threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("program-"))
			.count();
	}

}
