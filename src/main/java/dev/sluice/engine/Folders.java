package dev.sluice.engine;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.util.FileSystemUtils;

/**
 * The folders of engines, in one parent. Each bears its process's id, and the namespace
 * in which it is one, so that a later engine can remove what a killed one left: whether a
 * process of another namespace still runs can't be known.
 */
final class Folders {

	private static final Logger logger = LoggerFactory.getLogger(Folders.class);

	private static final String PREFIX = "sluice-engine-" + namespace() + "-";

	private static final int WRITTEN_BY_ALL = 0002;

	private static final int STICKY = 01000;

	private static final Duration REMOVED_WITHIN = Duration.ofSeconds(10);

	private Folders() {
	}

	/** Its number, as Linux tells it; 0 where it does not. */
	private static String namespace() {
		try {
			return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString().replaceAll("\\D", "");
		}
		catch (IOException ex) {
			return "0";
		}
	}

	static Path create(Path parent, Privilege privilege) throws IOException {
		if (privilege == Privilege.CHANGE_OF_USER) {
			requireSafe(parent);
		}
		removeOrphans(parent);
		Path folder = Files.createTempDirectory(parent, PREFIX + ProcessHandle.current().pid() + "-");
		Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
		return folder;
	}

	/**
	 * Removes a folder and all that is in it; says so where it can't.
	 * @param folder the folder
	 */
	static void remove(Path folder) {
		try {
			FileSystemUtils.deleteRecursively(folder);
		}
		catch (IOException ex) {
			removeDeep(folder);
		}
	}

	/**
	 * Who may rename our folder can put another in its place. Other sandboxes than the
	 * container show programs another folder, or say that they keep nothing.
	 */
	private static void requireSafe(Path parent) throws IOException {
		int mode = (int) Files.getAttribute(parent, "unix:mode");
		if ((mode & WRITTEN_BY_ALL) != 0 && (mode & STICKY) == 0) {
			throw new IOException("everybody may rename what is in it, which the sandbox container does not allow: "
					+ "give it mode 1777, or an owner");
		}
	}

	/** A program may nest its folders deeper than a path can say, which rm copes with. */
	private static void removeDeep(Path folder) {
		try {
			Process rm = new ProcessBuilder("rm", "-rf", "--", folder.toString()).redirectOutput(Redirect.DISCARD)
				.redirectError(Redirect.DISCARD)
				.start();
			if (!rm.waitFor(REMOVED_WITHIN) || rm.exitValue() != 0) {
				rm.destroyForcibly();
				logger.warn("The folder {} could not be removed", folder);
			}
		}
		catch (IOException ex) {
			logger.warn("The folder {} could not be removed", folder, ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void removeOrphans(Path parent) throws IOException {
		try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, PREFIX + "[0-9]*-*")) {
			for (Path folder : folders) {
				String pid = folder.getFileName().toString().substring(PREFIX.length()).split("-", 2)[0];
				if (ProcessHandle.of(Long.parseLong(pid)).isEmpty() && Files.isWritable(folder)) {
					remove(folder);
				}
			}
		}
	}

}
