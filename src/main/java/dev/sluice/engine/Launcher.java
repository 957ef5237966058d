package dev.sluice.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.sluice.execution.Stage;

/**
 * Starts a program within a sandbox. The innermost process is a short Perl script
 * ({@code launcher.pl}), since nothing else that most Linux systems hold can wait for a
 * program and tell an exit code from a signal, its processor time and its peak memory.
 */
final class Launcher {

	/** The machines whose system calls the script knows, by the JVM's name. */
	private static final Set<String> MACHINES = Set.of("amd64", "aarch64");

	private static final String SCRIPT = Scripts.read("launcher.pl");

	/**
	 * Opens what the launcher needs before anything stands in the way, and gives the
	 * program to the kernel's memory killer first, as a value that it can't lower again.
	 */
	private static final String OPENS = "exec 3>\"$1\" 4<\"$2\" 5<\"$3\" 6<\"$4\"; shift 4; "
			+ "{ echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null; exec \"$@\"";

	private final Sandbox sandbox;

	private final EngineProperties properties;

	Launcher(Sandbox sandbox, EngineProperties properties) {
		this.sandbox = sandbox;
		this.properties = properties;
	}

	/**
	 * Checks that programs can be started on this machine at all.
	 * @throws EngineUnavailableException where they can't
	 */
	static void requireKnownMachine() {
		String system = System.getProperty("os.name");
		String machine = System.getProperty("os.arch");
		if (!system.equals("Linux") || !MACHINES.contains(machine)) {
			throw new EngineUnavailableException(
					"Programs can be run on Linux on x86-64 or arm64 only, and this is " + system + " on " + machine);
		}
	}

	Sandbox sandbox() {
		return this.sandbox;
	}

	/**
	 * Starts a program. The thread that calls must live until the program has ended: the
	 * kernel kills the program when it ends.
	 * @param workspace where the program's files are
	 * @param stage the stage that it is of
	 * @param command the program and its arguments
	 * @param limits what it may use
	 * @return the outermost process
	 * @throws IOException where it can't be started
	 */
	Process start(Workspace workspace, Stage stage, List<String> command, Limits limits) throws IOException {
		Files.write(workspace.command(), String.join("\0", command).getBytes(StandardCharsets.UTF_8));
		Files.write(workspace.report(), new byte[0]);
		Files.write(workspace.signals(), new byte[0]);
		List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", OPENS, "sh", workspace.report().toString(),
				workspace.command().toString(), workspace.files().toString(), workspace.signals().toString()));
		User user = workspace.user();
		boolean takesUser = user.isTakenWithin(this.sandbox);
		words.addAll(takesUser ? user.wordsToTake() : user.words());
		words.addAll(this.sandbox.prefix());
		boolean keep = stage == Stage.COMPILE && this.sandbox.hasNamespaces();
		words.addAll(List.of("perl", "-e", SCRIPT, "arch=" + System.getProperty("os.arch"),
				"wall=" + limits.wallTime().toMillis(), "cpu=" + limits.cpuTime().toMillis(),
				"memory=" + limits.memory(), "nproc=" + this.properties.processes(),
				"fsize=" + this.properties.fileSize().toBytes(), "nofile=" + this.properties.openFiles(),
				"keep=" + (keep ? 1 : 0)));
		if (takesUser) {
			words.addAll(List.of("user=" + user.uid().id(), "guard=" + user.uid().guard()));
		}
		ProcessBuilder builder = new ProcessBuilder(words).directory(workspace.box().toFile());
		String home = this.sandbox.hasNamespaces() ? "/tmp" : workspace.box().toString();
		builder.environment().clear();
		builder.environment()
			.putAll(Map.of("PATH", this.properties.path(), "HOME", home, "TMPDIR", home, "LANG", "C.UTF-8"));
		return builder.start();
	}

}
