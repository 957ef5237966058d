package dev.sluice.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.SourceFile;

/**
 * The folder of one program on this machine: its files, which are its user's, and beside
 * them what passes between us and the launcher, which is ours. Closing it removes it.
 */
final class Workspace implements AutoCloseable {

	private final Path folder;

	private final Path files;

	private final int uid;

	private final boolean root;

	private Workspace(Path folder, int uid, boolean root) {
		this.folder = folder;
		this.files = folder.resolve("box");
		this.uid = uid;
		this.root = root;
	}

	static Workspace open(Path parent, int uid, boolean root) throws IOException {
		Path folder = Files.createTempDirectory(parent, "program-");
		Workspace workspace = new Workspace(folder, uid, root);
		Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
		Files.createDirectory(workspace.files);
		Files.setPosixFilePermissions(workspace.files, PosixFilePermissions.fromString("rwx------"));
		workspace.giveAway(workspace.files);
		return workspace;
	}

	/**
	 * Writes a program's files.
	 * @param sources the files
	 * @throws IOException where the disk does not take them
	 * @throws ExecutionFailure where their names do not go together
	 */
	void write(List<SourceFile> sources) throws IOException {
		for (SourceFile source : sources) {
			try {
				Path file = this.files.resolve(source.name()).normalize();
				createFolders(this.files.relativize(file));
				write(file, source.content());
			}
			catch (FileAlreadyExistsException ex) {
				throw clash(source);
			}
			catch (InvalidPathException ex) {
				throw ExecutionFailure.refused(FailureCode.SANDBOX_FAILED, "The engine's locale can't write the name "
						+ "of one of the files: start the engine with LANG=C.UTF-8");
			}
		}
	}

	private void write(Path file, ByteBuffer content) throws IOException {
		if (Files.isDirectory(file)) {
			throw new FileAlreadyExistsException(file.toString());
		}
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
				StandardOpenOption.TRUNCATE_EXISTING)) {
			while (content.hasRemaining()) {
				channel.write(content);
			}
		}
		giveAway(file);
	}

	private void createFolders(Path file) throws IOException {
		Path folder = this.files;
		for (int i = 0; i < file.getNameCount() - 1; i++) {
			folder = folder.resolve(file.getName(i));
			if (!Files.isDirectory(folder)) {
				Files.createDirectory(folder);
				giveAway(folder);
			}
		}
	}

	private void giveAway(Path path) throws IOException {
		if (this.root) {
			Files.setAttribute(path, "unix:uid", this.uid);
			Files.setAttribute(path, "unix:gid", this.uid);
		}
	}

	private static ExecutionFailure clash(SourceFile source) {
		return ExecutionFailure.refused(FailureCode.INVALID_REQUEST,
				"files must not name '" + source.name() + "' both as a file and as a folder");
	}

	Path files() {
		return this.files;
	}

	Path report() {
		return this.folder.resolve("report");
	}

	Path signals() {
		return this.folder.resolve("signals");
	}

	Path command() {
		return this.folder.resolve("command");
	}

	int uid() {
		return this.uid;
	}

	@Override
	public void close() {
		Folders.remove(this.folder);
	}

}
