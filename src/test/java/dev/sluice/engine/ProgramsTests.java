package dev.sluice.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

import dev.sluice.engine.EngineProperties.SandboxKind;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Program;
import dev.sluice.execution.SourceFile;
import dev.sluice.execution.StageLimits;
import dev.sluice.execution.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of programs, in each sandbox that works on this machine; what no sandbox
 * changes is {@link StoriesTests}'.
 */
@ParameterizedClass
@MethodSource("dev.sluice.engine.Engines#sandboxes")
class ProgramsTests {

	private static final Map<String, String> PRINTS = Map.of("python", "print(42)", "bash", "echo 42", "javascript",
			"console.log(42)", "c", """
					#include <stdio.h>
					#include <math.h>
					int main(int count, char **words) { printf("%d\\n", (int) sqrt(1764.0 * count)); }
					""", "c++", """
					#include <iostream>
					int main() { std::cout << 42 << std::endl; }
					""", "java", """
					public class Answer {
						public static void main(String[] args) { System.out.println(42); }
					}
					""");

	private static Engine engine;

	@Parameter
	SandboxKind sandbox;

	@BeforeParameterizedClassInvocation
	static void start(SandboxKind sandbox) {
		engine = Engines.start("sandbox=" + sandbox);
	}

	@AfterParameterizedClassInvocation
	static void close() {
		engine.close();
	}

	@AfterEach
	void nothingIsLeft() {
		assertThat(engine.admitted()).isZero();
		assertThat(engine.running()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "python", "bash", "javascript", "c", "c++", "java" })
	void eachLanguagePrints42(String language) {
		Ran run = run(language, String.valueOf(PRINTS.get(language)));
		assertThat(run.stdout()).as(run.stderr()).isEqualTo("42\n");
		assertThat(run.succeeded()).isTrue();
		assertThat(run.memory()).isBetween(500_000L, 500_000_000L);
		assertThat(run.cpuTime()).isPositive();
		assertThat(run.wallTime()).isPositive();
	}

	@Test
	void argumentsInputAndFilesReachTheProgram() {
		Program program = Engines.program(engine, "python", "", "a b", "ö", "", "--x=1");
		Ran run = run(Engines.with(Engines.with(program, "first\nsecond\n"), Engines.file("main.py", """
				import sys, pkg.m
				print(sys.argv, sys.stdin.read().split(), pkg.m.seven(), list(open('data.bin', 'rb').read()))
				"""), Engines.file("pkg/m.py", "def seven(): return 7"),
				new SourceFile("data.bin", ByteBuffer.wrap(new byte[] { 0, -1, 16 }), false)));
		assertThat(run.stdout()).isEqualTo("['main.py', 'a b', 'ö', '', '--x=1'] ['first', 'second'] 7 [0, 255, 16]\n");
	}

	@Test
	void anExitCodeAndASignalAreToldApart() {
		assertResult(run("bash", "exit 3"), 3, null, Status.RE, "Exited with error status 3");
		assertResult(run("bash", "exit 139"), 139, null, Status.RE, "Exited with error status 139");
		assertResult(run("c", "int main() { *(volatile int *) 0 = 1; }"), null, "SIGSEGV", Status.SG,
				"Caught fatal signal 11");
		assertResult(run("bash", "kill -TERM $$; sleep 5"), null, "SIGTERM", Status.SG, "Caught fatal signal 15");
	}

	@Test
	void theWallClockEndsAProgramAndAllThatItStarted() {
		Ran run = run(Engines.with(Engines.program(engine, "bash", "setsid sleep 61.25 & sleep 61.25; echo late"),
				new StageLimits(Duration.ofMillis(500), null, null)));
		assertResult(run, null, "SIGKILL", Status.TO, "Time limit exceeded (wall clock)");
		assertThat(run.wallTime()).isBetween(Duration.ofMillis(490), Duration.ofMillis(2000));
		assertThat(processesWith("61.25")).isZero();
	}

	@Test
	void theProcessorTimeOfAllProcessesCounts() {
		Ran run = run(
				Engines.with(Engines.program(engine, "bash", "(while :; do :; done) & (while :; do :; done) & wait"),
						new StageLimits(Duration.ofSeconds(10), Duration.ofMillis(600), null)));
		assertResult(run, null, "SIGKILL", Status.TO, "Time limit exceeded");
		assertThat(run.wallTime()).isLessThan(Duration.ofSeconds(5));
	}

	@Test
	void aProgramThatWantsTooMuchMemoryIsKilled() {
		Ran run = run(Engines.with(
				Engines.program(engine, "python", "x = bytearray(300_000_000)\nimport time; time.sleep(2)"),
				new StageLimits(null, null, 100_000_000L)));
		assertResult(run, null, "SIGKILL", Status.SG, "Caught fatal signal 9");
	}

	@Test
	void aForkBombHarmsNothing() {
		Ran run = run("bash", "bomb() { bomb | bomb & }; bomb; sleep 1; echo survived");
		assertThat(run.stderr() + run.message()).containsAnyOf("Resource temporarily unavailable", "Time limit");
		assertThat(run("bash", "echo fine").stdout()).isEqualTo("fine\n");
		assertThat(processesWith("bomb")).isZero();
	}

	@Test
	void aFileHasABoundedSize() {
		Ran run = run("python", "open('big', 'wb').write(b'x' * 20_000_000)");
		assertThat(run.stderr()).contains("File too large");
	}

	@Test
	void outputOverTheLimitEndsTheProgram() {
		long before = usedHeap();
		Ran run = run("python", """
				import sys
				for i in range(100): sys.stdout.write('x' * 1_000_000)
				""");
		assertResult(run, null, "SIGKILL", Status.OL, "stdout length exceeded");
		assertThat(run.stdout()).hasSizeLessThanOrEqualTo(64 * 1024);
		assertThat(usedHeap() - before).isLessThan(20_000_000);
		assertResult(run("bash", "yes >&2"), null, "SIGKILL", Status.EL, "stderr length exceeded");
	}

	@Test
	void aProgramSeesNoDescriptorOfOurs() {
		Ran run = run("bash", "exec 9<&0; for fd in /proc/self/fd/*; do [ -e $fd ] && echo ${fd##*/}; done | sort -n");
		assertThat(run.stdout().lines()).as(run.stderr())
			.contains("0", "1", "2", "9")
			.doesNotContain("3", "4", "5", "6");
	}

	@Test
	void inputThatIsNotReadHarmsNothing() {
		Program program = Engines.with(Engines.program(engine, "bash", "head -c 3; echo"), "x".repeat(5_000_000));
		assertThat(run(program).stdout()).isEqualTo("xxx\n");
	}

	@Test
	void aProgramFindsNoSecretOfOurs() {
		Ran run = run("python", """
				import glob, os
				for path in glob.glob('/proc/*/environ') + glob.glob('/proc/*/task/*/environ'):
				    try: text = open(path, 'rb').read()
				    except OSError: continue
				    if b'sluice-test-secret' in text or b'JAVA' in text: print(path, text)
				print(sorted(os.environ))
				""");
		assertThat(run.stdout()).as(run.stderr()).doesNotContain("/proc/").contains("PATH").doesNotContain("MAVEN");
	}

	@Test
	void aProgramCanSignalNoneOfOurProcesses() {
		Ran run = run("python", """
				import os
				def reaches(pid):
				    try: os.kill(pid, 0); return True
				    except OSError: return False
				print(reaches(%d), end=' ')
				try: os.kill(1, 9)
				except OSError: pass
				print('alive')
				""".formatted(ProcessHandle.current().pid()));
		assertThat(run.stdout()).isEqualTo("False alive\n");
		assertThat(run.succeeded()).isTrue();
	}

	@Test
	void aProgramCanNotTouchItsLauncher() {
		Ran run = run("python", """
				import os, resource
				keeper = os.getppid()
				for name, act in {
				    'limit': lambda: resource.prlimit(keeper, resource.RLIMIT_NOFILE, (3, 3)),
				    'schedule': lambda: os.sched_setscheduler(keeper, os.SCHED_IDLE, os.sched_param(0)),
				    'cpus': lambda: os.sched_setaffinity(keeper, {0}),
				    'nice': lambda: os.setpriority(os.PRIO_PROCESS, keeper, 19),
				    'nice all': lambda: os.setpriority(os.PRIO_USER, 0, 19),
				    'kill': lambda: os.kill(keeper, 9) if keeper != 1 else os.open('/proc/1/mem', 0),
				    'kill all': lambda: os.kill(-1, 0),
				    'memory': lambda: os.memfd_create('x'),
				}.items():
				    try: act(); print(name, end=' ')
				    except PermissionError: pass
				os.setpriority(os.PRIO_PROCESS, 0, 5); os.sched_setaffinity(0, {0})
				""");
		assertThat(run.stdout().strip()).as(run.stderr())
			.isIn("", (this.sandbox == SandboxKind.RLIMITS) ? "" : "kill all");
		assertThat(run.succeeded()).isTrue();
	}

	@Test
	void manyBusyProcessesThatTryToStarveTheLauncherAreEndedInTime() {
		Ran run = run("c", """
				#define _GNU_SOURCE
				#include <sched.h>
				#include <sys/resource.h>
				#include <unistd.h>
				int main() {
					struct sched_param idle = { 0 };
					sched_setscheduler(getppid(), SCHED_IDLE, &idle);
					setpriority(PRIO_PROCESS, getppid(), 19);
					for (int i = 0; i < 40; i++) if (!fork()) for (;;);
					sleep(20);
				}
				""");
		assertThat(run.status()).isEqualTo(Status.TO);
		assertThat(run.wallTime()).isLessThan(Duration.ofSeconds(6));
		assertThat(processesWith("a.out")).isZero();
	}

	@Test
	void memoryThatNoAccountShowsIsBounded() {
		if (this.sandbox == SandboxKind.RLIMITS) {
			return;
		}
		Ran run = run(Engines.with(Engines.program(engine, "python", """
				import time
				for i in range(400_000): open('/tmp/%d' % i, 'w').close()
				time.sleep(1)
				"""), new StageLimits(null, null, 60_000_000L)));
		assertResult(run, null, "SIGKILL", Status.SG, "Caught fatal signal 9");
	}

	@Test
	void foldersOfAnyDepthAreRemoved() throws IOException {
		Ran run = run("python", """
				import os
				for i in range(40): os.mkdir('d' * 200); os.chdir('d' * 200)
				print('deep')
				""");
		assertThat(run.stdout()).isEqualTo("deep\n");
		try (Stream<Path> left = Files.find(Path.of(System.getProperty("java.io.tmpdir")), 2,
				(path, attributes) -> path.getFileName().toString().startsWith("program-")
						// Another run of these tests may be under way.
						&& path.getParent()
							.getFileName()
							.toString()
							.matches("sluice-engine-\\d+-" + ProcessHandle.current().pid() + "-.*"))) {
			assertThat(left).isEmpty();
		}
	}

	@Test
	void aProgramHasNoNetwork() {
		if (this.sandbox == SandboxKind.RLIMITS) {
			Ran run = run("python", """
					import socket
					for family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET):
					    try: socket.socket(family, socket.SOCK_RAW)
					    except PermissionError: print('refused')
					one, other = socket.socketpair()
					one.send(b'local'); print(other.recv(5))
					""");
			assertThat(run.stdout()).as(run.stderr()).isEqualTo("refused\n".repeat(4) + "b'local'\n");
			return;
		}
		Ran run = run("python", """
				import socket
				for address in ('127.0.0.1', '10.0.0.1'):
				    try: socket.create_connection((address, 1), 1)
				    except OSError as error: print(error.errno in (101, 111))
				print(socket.if_nameindex())
				""");
		assertThat(run.stdout()).isEqualTo("True\nTrue\n[(1, 'lo')]\n");
	}

	@Test
	void aProgramSeesNoFilesOfTheMachineUnderBubblewrap() {
		Ran run = run("bash", "ls /; ls /etc; touch /usr/x $TMPDIR/ok ./ok && echo wrote");
		if (this.sandbox == SandboxKind.BUBBLEWRAP) {
			assertThat(run.stdout().lines()).doesNotContain("root", "home", "work", "var", "passwd", "shadow");
			assertThat(engine.notEnforced()).isEmpty();
		}
		else {
			assertThat(engine.notEnforced()).anyMatch((clause) -> clause.contains("files of this machine"));
		}
		assertThat(run.stdout()).doesNotContain("wrote");
		assertThat(run.stderr()).contains("/usr/x").doesNotContain("/ok");
	}

	@Test
	void argumentsThatTheSystemDoesNotTakeAreRefused() {
		StepVerifier.create(engine.run(Engines.program(engine, "bash", "echo", "x".repeat(200_000))))
			.thenConsumeWhile((event) -> true)
			.expectErrorMatches((error) -> error instanceof ExecutionFailure failure
					&& failure.code() == FailureCode.INVALID_REQUEST && failure.message().contains("args"))
			.verify(Engines.WITHIN);
	}

	private static Ran run(String language, String code) {
		return Engines.run(engine, language, code);
	}

	private static Ran run(Program program) {
		return Engines.run(engine, program);
	}

	private static void assertResult(Ran result, Integer code, String signal, Status status, String message) {
		assertThat(result.code()).isEqualTo(code);
		assertThat(result.signal()).isEqualTo(signal);
		assertThat(result.status()).isEqualTo(status);
		assertThat(result.message()).isEqualTo(message);
	}

	private static long processesWith(String word) {
		return ProcessHandle.allProcesses()
			.filter((process) -> process.info().commandLine().orElse("").contains(word))
			.count();
	}

	private static long usedHeap() {
		System.gc();
		return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
	}

}
