package dev.sluice.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The strongest sandbox: all namespaces, a read-only system without the machine's own
 * files, a private temporary folder of bounded size, no network, and no way back.
 */
final class Bubblewrap implements Sandbox {

	/** What of /etc compilers and interpreters need, and holds no secret. */
	private static final List<String> SYSTEM_FILES = List.of("/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf",
			"/etc/ld.so.conf.d", "/etc/localtime", "/etc/mime.types");

	private static final List<String> SYSTEM_FOLDERS = List.of("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32");

	private static final String COPIES = "cp -R /proc/self/fd/5/. /tmp/box && cd /tmp/box && exec \"$@\"";

	private final List<String> system = new ArrayList<>();

	private final long scratch;

	Bubblewrap(long scratch, List<Path> visible) {
		this.scratch = scratch;
		add("--ro-bind", "/usr", "/usr");
		SYSTEM_FOLDERS.forEach(this::addFolder);
		SYSTEM_FILES.forEach((file) -> add("--ro-bind-try", file, file));
		javaSettings().forEach((folder) -> add("--ro-bind-try", folder, folder));
		visible.forEach((folder) -> add("--ro-bind-try", folder.toString(), folder.toString()));
	}

	@Override
	public String name() {
		return "bubblewrap";
	}

	@Override
	public List<String> notEnforced() {
		return List.of();
	}

	@Override
	public boolean hasNamespaces() {
		return true;
	}

	@Override
	public List<String> prefix() {
		String size = Long.toString(this.scratch);
		List<String> words = new ArrayList<>(
				List.of("bwrap", "--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent",
						"--new-session", "--as-pid-1", "--hostname", "sandbox", "--uid", "65534", "--gid", "65534"));
		words.addAll(this.system);
		words.addAll(List.of("--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--size", size, "--tmpfs", "/tmp",
				"--perms", "1777", "--size", size, "--tmpfs", "/dev/shm", "--remount-ro", "/dev", "--remount-ro", "/",
				"--chdir", "/tmp", "sh", "-c", COPIES, "sh"));
		return words;
	}

	private void addFolder(String folder) {
		Path path = Path.of(folder);
		try {
			if (Files.isSymbolicLink(path)) {
				add("--symlink", Files.readSymbolicLink(path).toString(), folder);
			}
			else if (Files.isDirectory(path)) {
				add("--ro-bind", folder, folder);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void add(String... words) {
		this.system.addAll(List.of(words));
	}

	/** Debian keeps a JDK's settings in /etc/java-VERSION-openjdk. */
	private static List<String> javaSettings() {
		List<String> folders = new ArrayList<>();
		try (var found = Files.newDirectoryStream(Path.of("/etc"), "java*")) {
			found.forEach((folder) -> folders.add(folder.toString()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return folders;
	}

}
