package dev.sluice.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.sluice.execution.Stage;

/**
 * Starts a program within a sandbox. The innermost process is a short Perl script
 * ({@code launcher.pl}), since nothing else that most Linux systems hold can wait for a
 * program and tell an exit code from a signal, its processor time and its peak memory.
 */
final class Launcher {

	/** System call numbers by the JVM's name of the architecture. */
	private static final Map<String, List<String>> CALLS = Map.of("amd64",
			List.of("wait4=61", "prctl=157", "prlimit=302", "clock=228"), "aarch64",
			List.of("wait4=260", "prctl=167", "prlimit=261", "clock=113"));

	private static final String SCRIPT = script();

	/** Opens the report and the command before anything else can stand in the way. */
	private static final String OPENS = "exec 3>\"$1\" 4<\"$2\"; shift 2; exec \"$@\"";

	private final Sandbox sandbox;

	private final EngineProperties properties;

	private final boolean root;

	Launcher(Sandbox sandbox, EngineProperties properties, boolean root) {
		this.sandbox = sandbox;
		this.properties = properties;
		this.root = root;
	}

	static boolean knowsThisMachine() {
		return CALLS.containsKey(System.getProperty("os.arch"));
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
		List<String> words = new ArrayList<>(
				List.of("/bin/sh", "-c", OPENS, "sh", workspace.report().toString(), workspace.command().toString()));
		words.addAll(privileges(workspace.uid()));
		words.addAll(this.sandbox.prefix(workspace.files(), stage));
		words.addAll(List.of("perl", "-e", SCRIPT));
		words.addAll(CALLS.getOrDefault(System.getProperty("os.arch"), List.of()));
		words.addAll(List.of("wall=" + limits.wallTime().toMillis(), "cpu=" + limits.cpuTime().toMillis(),
				"memory=" + limits.memory(), "nproc=" + this.properties.processes(),
				"fsize=" + this.properties.fileSize().toBytes(), "nofile=" + this.properties.openFiles()));
		ProcessBuilder builder = new ProcessBuilder(words).directory(workspace.files().toFile());
		builder.environment().clear();
		builder.environment().putAll(Map.of("PATH", this.properties.path(), "HOME", "/tmp", "LANG", "C.UTF-8"));
		return builder.start();
	}

	/**
	 * Kills what a program's user still runs, where the sandbox has no process namespace
	 * that ended with it.
	 * @param uid the user, who is nobody else's
	 * @throws IOException where that can't be done
	 */
	void sweep(int uid) throws IOException, InterruptedException {
		if (!this.root || this.sandbox.launcherIsChild()) {
			return;
		}
		List<String> words = privileges(uid);
		words.addAll(List.of("/bin/sh", "-c", "kill -KILL -1"));
		new ProcessBuilder(words).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start()
			.waitFor();
	}

	private List<String> privileges(int uid) {
		List<String> words = new ArrayList<>(List.of("setpriv", "--no-new-privs", "--pdeathsig", "KILL"));
		if (this.root) {
			String id = Integer.toString(uid);
			words.addAll(List.of("--reuid", id, "--regid", id, "--clear-groups"));
		}
		return words;
	}

	private static String script() {
		try (InputStream script = Launcher.class.getResourceAsStream("launcher.pl")) {
			if (script == null) {
				throw new IllegalStateException("launcher.pl is missing");
			}
			return new String(script.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
