package dev.sluice.engine;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.sluice.engine.EngineProperties.SandboxKind;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

/**
 * A container that is itself the boundary: an engine in a process of its own, which
 * begins as root and keeps nothing of it but the change of user, as a session image's
 * does.
 */
@EnabledIf("weAreRoot")
class ContainerTests {

	private static final String KEPT = "-all,+setuid,+setgid,+kill";

	/** Far from those of other engines on this machine, and of other runs of this. */
	private static final int FIRST_UID = 1_000_000 + ThreadLocalRandom.current().nextInt(100_000) * 10;

	/** What an engine needs of our class path, which may be in root's own folder. */
	private static final List<String> NEEDED = List.of("classes", "spring-", "reactor-core", "reactive-streams",
			"slf4j-api", "logback", "commons-logging", "jakarta.validation", "jspecify", "snakeyaml", "assertj");

	private static final Map<String, CompletableFuture<String>> ANSWERS = new ConcurrentHashMap<>();

	private static final AtomicInteger COUNT = new AtomicInteger();

	private static Path work;

	private static Process engine;

	private static PrintStream programs;

	@BeforeAll
	static void start(@TempDir Path folder) throws Exception {
		Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
		work = Files.createDirectory(folder.resolve("work"));
		Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwx--x--x"));
		Files.setAttribute(work, "unix:uid", FIRST_UID - 1);
		List<String> words = new ArrayList<>(
				List.of("setpriv", "--reuid=" + (FIRST_UID - 1), "--regid=" + (FIRST_UID - 1), "--clear-groups",
						"--no-new-privs", "--inh-caps=" + KEPT, "--ambient-caps=" + KEPT, "--bounding-set=" + KEPT));
		words.addAll(List.of(ProcessHandle.current().info().command().orElseThrow(), "-XX:TieredStopAtLevel=1",
				"-XX:+UseSerialGC", "-Djava.io.tmpdir=" + work, "-cp", classPath(folder),
				ContainedEngine.class.getName(), "sandbox=container", "concurrency=2", "first-uid=" + FIRST_UID,
				"run.wall-time=10s"));
		Stream.of("c", "[c++]", "java", "javascript")
			.forEach((language) -> words.add("languages." + language + ".version=false"));
		engine = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
		programs = new PrintStream(engine.getOutputStream(), true, StandardCharsets.UTF_8);
		Thread.ofPlatform().daemon().start(ContainerTests::listen);
	}

	@AfterAll
	static void close() throws InterruptedException {
		programs.close();
		assertThat(engine.waitFor(10, TimeUnit.SECONDS)).isTrue();
		assertThat(engine.exitValue()).isZero();
	}

	@Test
	void strangersAreAdmittedAndToldWhatIsOpen() {
		assertThat(answer("ready")).startsWith("container true [can read the files of this container");
	}

	@Test
	void aProgramReadsNothingOfTheEnginesAndSignalsNothingOfIt() {
		assertThat(run("python", """
				import glob, os, signal
				for name in ('environ', 'mem', 'maps', 'auxv', 'io', 'fd', 'cwd', 'root', 'exe', 'task/%1$d/environ'):
				    path = '/proc/%1$d/' + name
				    try: print(path, os.readlink(path) if name in ('cwd', 'root', 'exe') else open(path, 'rb').read(9))
				    except PermissionError: pass
				    except IsADirectoryError: print(path, os.listdir(path))
				for path in glob.glob('/proc/*/environ') + glob.glob('/proc/*/cmdline'):
				    try: text = open(path, 'rb').read()
				    except OSError: continue
				    if b'sluice-test-' + b'secret' in text: print(path)
				for number in (0, signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP, signal.SIGQUIT):
				    for pid in (%1$d, os.getppid(), 1, -1):
				        try: os.kill(pid, number); print('sent', number, pid)
				        except PermissionError: pass
				print('done')
				""".formatted(engine.pid()))).isEqualTo("done\n");
	}

	@Test
	void aProgramNeitherEndsNorStopsItsLauncher() {
		assertThat(run("python", """
				import ctypes, fcntl, os, signal
				libc = ctypes.CDLL(None, use_errno=True)
				launcher, group = os.getppid(), os.getpgid(os.getppid())
				handle = os.open('/proc/%d' % launcher, os.O_RDONLY)
				for number in (signal.SIGSTOP, signal.SIGKILL):
				    if not libc.syscall(424, handle, int(number), None, 0): print('sent by a handle', number)
				signal.signal(signal.SIGUSR1, signal.SIG_IGN)
				os.setpgid(0, group)
				try: os.kill(0, signal.SIGUSR1)
				except PermissionError: pass
				out, into = os.pipe()
				fcntl.fcntl(out, fcntl.F_SETOWN, launcher)
				fcntl.fcntl(out, 10, int(signal.SIGKILL))
				fcntl.fcntl(out, fcntl.F_SETFL, os.O_ASYNC)
				os.write(into, b'x')
				print('done')
				""")).isEqualTo("done\n");
	}

	@Test
	void aProgramHasNoPrivilegeAndGetsNone() {
		assertThat(run("python",
				"""
						import os, socket
						for line in open('/proc/self/status'):
						    name, _, value = line.partition('\\t')
						    if name in ('CapInh:', 'CapPrm:', 'CapEff:', 'CapAmb:', 'NoNewPrivs:'): print(name, int(value, 16))
						print(os.getresuid() == os.getresgid() == (os.getuid(),) * 3, os.getgroups())
						for name, act in {
						    'root': lambda: os.setuid(0),
						    'engine': lambda: os.setuid(%d),
						    'port': lambda: socket.socket(),
						    'namespace': lambda: __import__('ctypes').CDLL(None, use_errno=True).unshare(0x10000000) and os.chroot('.'),
						}.items():
						    try: act(); print(name)
						    except PermissionError: pass
						print(set(os.environ) - {'HOME', 'LANG', 'LC_CTYPE', 'PATH', 'PWD', 'TMPDIR'})
						"""
					.formatted(FIRST_UID - 1))
			.lines())
			.containsExactly("CapInh: 0", "CapPrm: 0", "CapEff: 0", "CapAmb: 0", "NoNewPrivs: 1", "True []", "set()");
	}

	@Test
	void itsFilesAreItsOwn() {
		assertThat(run("bash", """
				stat -c '%A %u' file0.code | sed "s/$(id -u)/own/"
				chmod +x file0.code && echo >>file0.code && echo '#!/bin/sh\necho 42' >run && chmod +x run && ./run
				ls .. ../.. ../../.. 2>&1 | grep -vc denied
				""")).isEqualTo("-rw-r--r-- own\n42\n0\n");
	}

	@Test
	void whatAProgramLeavesIsEndedAndRemoved() throws IOException {
		String uid = run("bash", """
				id -u
				exec 2>/dev/null
				(setsid setsid sleep 57.125 >/dev/null &) &
				for folder in /tmp /var/tmp /dev/shm $HOME; do
				    cd $folder
				    mkdir -p "left $$"/closed/full more.$$ && touch "left $$"/closed/full/file .left.$$ '-rf *'$$
				    ln -s /etc left.$$
				    chmod 0 "left $$"/closed/full "left $$"/closed "left $$"
				done
				mkfifo /tmp/fifo.$$
				cd /var/tmp
				name=$(printf 'c%.0s' {1..200})
				closed=$(echo $name.{1..500}.$$)
				mkdir $closed && printf '%s/x ' $closed | xargs mkdir && chmod 0 $closed
				ipcmk -S 2 >/dev/null
				""").strip();
		assertThat(Integer.parseInt(uid)).isGreaterThanOrEqualTo(FIRST_UID);
		assertThat(processesOf(uid)).isEmpty();
		assertThat(Files.readString(Path.of("/proc/sysvipc/sem"))).doesNotContain(uid);
		for (String folder : List.of("/tmp", "/var/tmp", "/dev/shm")) {
			try (DirectoryStream<Path> left = Files.newDirectoryStream(Path.of(folder), (path) -> ownedBy(path, uid))) {
				assertThat(left).isEmpty();
			}
		}
		try (Stream<Path> left = Files.find(work, 3,
				(path, _) -> path.getFileName().toString().startsWith("program-"))) {
			assertThat(left).isEmpty();
		}
	}

	@Test
	void twoProgramsAtOnceDoNotReachEachOther() {
		String mark = "/tmp/sluice-met-" + FIRST_UID;
		CompletableFuture<String> one = begin("python", """
				import os, time
				os.umask(0o77)
				open('%1$s', 'w').write('of one')
				while not os.path.exists('%1$s-2'): time.sleep(0.01)
				print('unharmed')
				""".formatted(mark));
		CompletableFuture<String> two = begin("python",
				"""
						import os, time
						while not os.path.exists('%1$s'): time.sleep(0.01)
						other = os.stat('%1$s').st_uid
						found = 0
						for pid in filter(str.isdigit, os.listdir('/proc')):
						    try:
						        if os.stat('/proc/' + pid).st_uid != other: continue
						    except OSError: continue
						    found += 1
						    for act in (lambda: os.kill(int(pid), 9), lambda: open('/proc/%%s/environ' %% pid), lambda: open('%1$s'),
						            lambda: os.listdir('/proc/%%s/cwd/' %% pid), lambda: os.unlink('%1$s')):
						        try: act(); print('reached', pid)
						        except PermissionError: pass
						print(found > 1, other != os.getuid())
						open('%1$s-2', 'w')
						time.sleep(0.3)
						"""
					.formatted(mark));
		assertThat(one.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo("unharmed\n");
		assertThat(two.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo("True True\n");
		assertThat(Path.of(mark)).doesNotExist();
		assertThat(Path.of(mark + "-2")).doesNotExist();
	}

	@Test
	void aUserIsUsedAgainOnceNothingOfItRuns(@TempDir Path box, @TempDir Path locks) throws Exception {
		int first = FIRST_UID + 50;
		Files.setPosixFilePermissions(box, PosixFilePermissions.fromString("rwxr-xr-x"));
		// One whose end nobody takes note of, and one that would go on.
		Process parent = new ProcessBuilder("perl", "-e", "fork or do { $> = $< = " + first
				+ "; exit }; $| = 1; select undef, undef, undef, 0.05; print 1; sleep 30")
			.start();
		String second = Integer.toString(first + 2);
		Process going = new ProcessBuilder("setpriv", "--reuid", second, "--clear-groups", "--regid", second, "sleep",
				"30")
			.start();
		try (Uids uids = claim(first, locks)) {
			assertThat(parent.getInputStream().read()).isEqualTo('1');
			try (User user = uids.take()) {
				assertThat(user.uid()).isEqualTo(new Uid(first, first + 1));
				user.clear(box, box, true);
			}
			await().atMost(5, TimeUnit.SECONDS).until(() -> !processesOf(second).isEmpty());
			try (User firstAgain = uids.take(); User user = uids.take()) {
				assertThat(firstAgain.uid().id()).isEqualTo(first);
				assertThat(user.words()).contains(second);
				user.clear(box, box, true);
				assertThat(going.waitFor(5, TimeUnit.SECONDS)).isTrue();
			}
		}
		finally {
			parent.destroyForcibly();
			going.destroyForcibly();
		}
	}

	@Test
	void aUserOfWhichSomethingIsLeftIsKeptAsideUntilItIsGone(@TempDir Path folder, @TempDir Path locks)
			throws Exception {
		int first = FIRST_UID + 60;
		Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
		Path program = Files.createDirectory(folder.resolve("program"));
		Path box = Files.createDirectory(program.resolve("box"));
		Path left = Files.createFile(box.resolve("left"));
		Files.setAttribute(left, "unix:uid", first);
		try (Uids uids = claim(first, locks)) {
			try (User user = uids.take()) {
				user.clear(program, box, true);
			}
			try (User user = uids.take()) {
				assertThat(user.uid().id()).isEqualTo(first + 2);
			}
			Files.delete(left);
			await().atMost(10, TimeUnit.SECONDS).until(() -> !Files.exists(program));
			await().atMost(5, TimeUnit.SECONDS).until(() -> {
				try (User one = uids.take(); User two = uids.take()) {
					return Math.min(one.uid().id(), two.uid().id()) == first;
				}
			});
		}
	}

	@Test
	void aLockThatIsNoneIsPassedOver(@TempDir Path folder) throws Exception {
		int first = FIRST_UID + 80;
		Path locks = Files.createDirectory(folder.resolve("sluice-users-0"),
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		Files.createDirectory(locks.resolve(first + ".lock"));
		Files.createSymbolicLink(locks.resolve((first + 1) + ".lock"), folder.resolve("elsewhere"));
		assertThat(new ProcessBuilder("mkfifo", locks.resolve((first + 2) + ".lock").toString()).start().waitFor())
			.isZero();
		try (Uids uids = claim(first, folder); User user = uids.take()) {
			assertThat(user.uid()).isEqualTo(new Uid(first + 3, first + 4));
			try (Uids others = claim(first, folder); User another = others.take()) {
				assertThat(another.uid()).isEqualTo(new Uid(first + 5, first + 6));
			}
		}
		Files.setPosixFilePermissions(locks, PosixFilePermissions.fromString("rwxrwxrwx"));
		assertThatExceptionOfType(EngineUnavailableException.class).isThrownBy(() -> claim(first, folder))
			.withMessageContaining("sluice-users-0");
	}

	@Test
	void programsAreNotOurOwnUsers(@TempDir Path locks) throws IOException {
		assertThatExceptionOfType(EngineUnavailableException.class).isThrownBy(() -> claim(0, locks))
			.withMessageStartingWith("sluice.engine.first-uid is 0");
	}

	@Test
	void whatIsLeftInTheEnginesOwnFolderIsRemoved(@TempDir Path folder) throws Exception {
		Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
		Path open = Files.createDirectory(folder.resolve("open"));
		Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
		Uid uid = new Uid(FIRST_UID + 70, FIRST_UID + 71);
		Path left = Files.createFile(open.resolve("left"));
		Files.setAttribute(left, "unix:uid", uid.id());
		new Sweeper(open).clear(uid, null);
		assertThat(left).doesNotExist();
	}

	@Test
	void aCommandThatSaysMuchEnds() throws Exception {
		assertThatIOException()
			.isThrownBy(
					() -> Errand.run(Duration.ofSeconds(20), List.of("perl", "-e", "print 'word ' x 100000; exit 3")))
			.withMessageStartingWith("It ended with 3: word word");
	}

	@Test
	void aFolderInWhichEverybodyMayRenameIsRefused(@TempDir Path folder) throws IOException {
		Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
		assertThatIOException().isThrownBy(() -> Folders.create(folder, Privilege.CHANGE_OF_USER))
			.withMessageContaining("rename");
		assertThat(Folders.create(folder, Privilege.ROOT)).isDirectory();
	}

	@Test
	void itIsRefusedToRoot() {
		assertThatExceptionOfType(EngineUnavailableException.class)
			.isThrownBy(() -> Privilege.held(SandboxKind.CONTAINER))
			.withMessageContaining("sluice.engine.sandbox is container")
			.withMessageEndingWith("and this is root")
			.satisfies((error) -> assertThat(error.remedy()).contains("setpriv", "+setuid,+setgid,+kill", "tini"));
	}

	private static Uids claim(int first, Path parent) throws IOException {
		return Uids.claim(first, 1, Privilege.CHANGE_OF_USER, new Sweeper(), parent);
	}

	private static String run(String language, String code) {
		return begin(language, code).orTimeout(30, TimeUnit.SECONDS).join();
	}

	private static CompletableFuture<String> begin(String language, String code) {
		String number = Integer.toString(COUNT.incrementAndGet());
		CompletableFuture<String> answer = expect(number);
		programs.println(number + " " + language + " "
				+ Base64.getEncoder().encodeToString(code.getBytes(StandardCharsets.UTF_8)));
		return answer;
	}

	private static CompletableFuture<String> expect(String word) {
		return ANSWERS.computeIfAbsent(word, (_) -> new CompletableFuture<>());
	}

	private static String answer(String word) {
		return expect(word).orTimeout(30, TimeUnit.SECONDS).join();
	}

	private static void listen() {
		try (BufferedReader lines = engine.inputReader()) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				String[] words = line.split(" ", -1);
				expect(words[0]).complete(new String(Base64.getDecoder().decode(words[1]), StandardCharsets.UTF_8));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String classPath(Path folder) throws IOException {
		List<String> copies = new ArrayList<>();
		for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
			Path from = Path.of(entry);
			if (NEEDED.stream().anyMatch(from.getFileName().toString()::contains)) {
				Path to = folder.resolve(copies.size() + "-" + from.getFileName());
				FileSystemUtils.copyRecursively(from, to);
				copies.add(to.toString());
			}
		}
		return String.join(File.pathSeparator, copies);
	}

	private static List<String> processesOf(String uid) throws IOException {
		List<String> found = new ArrayList<>();
		try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
			processes.forEach((process) -> {
				if (ownedBy(process, uid)) {
					found.add(process.toString());
				}
			});
		}
		return found;
	}

	private static boolean ownedBy(Path path, String uid) {
		try {
			return Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS).toString().equals(uid);
		}
		catch (IOException ex) {
			return false;
		}
	}

	static boolean weAreRoot() {
		return ownedBy(Path.of("/proc", Long.toString(ProcessHandle.current().pid())), "0");
	}

}
