package dev.sluice.engine;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import dev.sluice.execution.Event;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Program;
import dev.sluice.execution.Stage;
import dev.sluice.execution.StageLimits;
import dev.sluice.execution.Status;
import dev.sluice.execution.Stream;
import dev.sluice.execution.Verdict;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is the same for programs in each sandbox: their sources, their turns, and the
 * events that tell their story.
 */
class StoriesTests {

	private static Engine engine;

	@BeforeAll
	static void start() {
		engine = Engines.start();
	}

	@AfterAll
	static void close() {
		engine.close();
	}

	@AfterEach
	void nothingIsLeft() {
		assertThat(engine.admitted()).isZero();
		assertThat(engine.running()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "package a.b; class Other {} class Main { public static void main(String[] a) { %s } }",
			"class Help { int x; } record Start(int y) { public static void main(String[] a) { %s } }",
			"// public class Fake\npublic final class Real { public static void main(String... a) { %s } }" })
	void aJavaClassIsFoundWhateverItIsCalled(String code) {
		Ran run = run("java", code.formatted("System.out.println(42);"));
		assertThat(run.stdout()).as(run.stderr()).isEqualTo("42\n");
	}

	@Test
	void aSourceThatIsMadeToTakeLongToReadDoesNot() {
		long start = System.nanoTime();
		for (String part : List.of("class A ", "public abstract ", "/* ", "// ", "class A { void ")) {
			run("java", part.repeat(100_000));
		}
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(40));
	}

	@Test
	void severalSourcesAreCompiledTogether() {
		Program program = Engines.with(Engines.program(engine, "c", ""), Engines.file("main.c", """
				#include <stdio.h>
				#include "lib/seven.h"
				int main() { printf("%d", seven()); }
				"""), Engines.file("lib/seven.h", "int seven(void);"),
				Engines.file("lib/seven.c", "int seven(void) { return 7; }"));
		assertThat(run(program).stdout()).isEqualTo("7");
	}

	@Test
	void aFailedCompilationIsTheRunsResultToo() {
		List<Event> story = Engines.story(engine, Engines.program(engine, "c", "int main() { return x; }"));
		Verdict verdict = ((Event.Ended) story.getLast()).verdict();
		assertThat(verdict.compile()).isEqualTo(verdict.run());
		assertThat(verdict.run().status()).isEqualTo(Status.RE);
		assertThat(Ran.of(story, Stage.COMPILE).stderr()).contains("undeclared");
		assertThat(story).doesNotContain(new Event.Began(Stage.RUN));
	}

	@ParameterizedTest
	@CsvSource({ "65536, true", "65537, false" })
	void outputUpToTheLimitIsWhole(int length, boolean fits) {
		Ran run = run("python", "import sys; sys.stdout.write('x' * %d)".formatted(length));
		assertThat(run.status() == null).isEqualTo(fits);
		assertThat(run.stdout().length() == length).isEqualTo(fits);
	}

	@Test
	void outputIsDecodedAcrossChunksAndWhereItIsNoText() {
		Ran run = run("python", """
				import os, time
				os.write(1, b'a\\xff\\x00'); os.write(1, b'\\xe2\\x82'); time.sleep(.1); os.write(1, b'\\xac')
				os.write(1, b'\\xe2')
				""");
		assertThat(run.stdout()).isEqualTo("a\uFFFD\0€\uFFFD");
	}

	@Test
	void aMegabyteComesInPiecesThatAreWholeText() {
		try (Engine own = Engines.start("output=4MB")) {
			List<String> pieces = Engines
				.story(own,
						Engines.program(own, "python", "import sys; sys.stdout.write('x' + chr(0x1F600) * 300_000)"))
				.stream()
				.filter(Event.Wrote.class::isInstance)
				.map((event) -> ((Event.Wrote) event).text())
				.toList();
			assertThat(pieces).allMatch((piece) -> piece.getBytes(StandardCharsets.UTF_8).length <= Output.PIECE + 3);
			assertThat(String.join("", pieces)).isEqualTo("x" + "\uD83D\uDE00".repeat(300_000));
		}
	}

	@Test
	void fiftyMegabytesPassAndNothingOfThemIsKept() {
		try (Engine own = Engines.start("output=64MB")) {
			long before = usedHeap();
			AtomicLong length = new AtomicLong();
			AtomicLong most = new AtomicLong();
			own.run(Engines.program(own, "bash", "head -c 50000000 /dev/zero; head -c 3000 /dev/zero >&2"))
				.ofType(Event.Wrote.class)
				.doOnNext((wrote) -> {
					if (length.addAndGet(wrote.text().length()) >= 50_000_000 && most.get() == 0) {
						most.set(usedHeap() - before);
					}
				})
				.blockLast(Engines.WITHIN);
			assertThat(length).hasValue(50_003_000);
			assertThat(most.get()).isLessThan(10_000_000);
		}
	}

	@Test
	void bothStreamsAreAlsoThereInTheirOrder() {
		Ran run = run("bash", "echo out; sleep 0.1; echo err >&2; sleep 0.1; echo out");
		assertThat(run.output()).isEqualTo("out\nerr\nout\n");
		assertThat(run.stdout()).isEqualTo("out\nout\n");
	}

	@Test
	void aFileCanNotBeTakenForACompilersOptions() {
		Program program = Engines.with(Engines.program(engine, "c", ""),
				Engines.file("main.c", "int main() { return 0; }"), Engines.file("@o.c", "int o;"),
				Engines.file("o.c", "-wrapper sh,w"), Engines.file("w", "echo obeyed >&2; exit 1"));
		assertThat(Engines.compile(engine, program).stderr()).doesNotContain("obeyed");
	}

	@Test
	void aCompilationThatLeavesNoProgramIsTheProgramsOwnFault() {
		Ran run = run("c", "__asm__(\".section .note.GNU-stack\");");
		assertThat(run.status()).isEqualTo(Status.RE);
	}

	@Test
	void sleepersThatWaitForTheirTurnAreNotTimedOut() {
		// The last two wait for longer than each may run.
		StageLimits limits = new StageLimits(Duration.ofMillis(1200), null, null);
		try (Engine own = Engines.start("concurrency=2")) {
			Program sleeper = Engines.with(Engines.program(own, "bash", "sleep 0.4"), limits);
			List<Verdict> verdicts = Flux.range(0, 10)
				.flatMap((number) -> own.run(sleeper).ofType(Event.Ended.class), 10)
				.map(Event.Ended::verdict)
				.collectList()
				.block(Engines.WITHIN);
			assertThat(verdicts).hasSize(10).allMatch((verdict) -> verdict.run().succeeded());
		}
	}

	@Test
	void eventsTellTheStory() {
		StepVerifier
			.create(engine.run(Engines.program(engine, "c", "#include <stdio.h>\nint main() { puts(\"hi\"); }")))
			.expectNextMatches(Event.Chosen.class::isInstance)
			.expectNext(new Event.Began(Stage.COMPILE))
			.expectNextMatches((event) -> event instanceof Event.Exited exited && exited.stage() == Stage.COMPILE
					&& exited.result().succeeded())
			.expectNext(new Event.Began(Stage.RUN))
			.expectNext(new Event.Wrote(Stream.STDOUT, "hi\n"))
			.expectNextMatches((event) -> event instanceof Event.Exited exited && exited.stage() == Stage.RUN
					&& exited.result().succeeded())
			.expectNextMatches(Event.Ended.class::isInstance)
			.expectComplete()
			.verify(Engines.WITHIN);
	}

	@Test
	void filesThatDoNotGoTogetherAreRefused() {
		Program program = Engines.with(Engines.program(engine, "bash", ""), Engines.file("a", "echo"),
				Engines.file("a/b", "echo"));
		StepVerifier.create(engine.run(program).ofType(Event.Ended.class))
			.expectErrorMatches((error) -> error instanceof ExecutionFailure failure
					&& failure.code() == FailureCode.INVALID_REQUEST)
			.verify(Engines.WITHIN);
	}

	private static Ran run(String language, String code) {
		return Engines.run(engine, language, code);
	}

	private static Ran run(Program program) {
		return Engines.run(engine, program);
	}

	private static long usedHeap() {
		System.gc();
		return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
	}

}
