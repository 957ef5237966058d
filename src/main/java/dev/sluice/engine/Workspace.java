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

	private final Path box;

	private final Path files;

	private final User user;

	private boolean runs;

	private Workspace(Path folder, User user) {
		this.folder = folder;
		this.box = folder.resolve("box");
		this.files = user.worksInACopy() ? folder.resolve("files") : this.box;
		this.user = user;
	}

	static Workspace open(Path parent, User user) throws IOException, InterruptedException {
		Path folder = Files.createTempDirectory(user.home(parent), "program-");
		try {
			Workspace workspace = new Workspace(folder, user);
			workspace.make();
			return workspace;
		}
		catch (IOException ex) {
			Folders.remove(folder);
			throw ex;
		}
	}

	private void make() throws IOException {
		Files.createDirectory(this.files);
		if (this.user.worksInACopy()) {
			Files.createDirectory(this.box);
			Files.setPosixFilePermissions(this.box, PosixFilePermissions.fromString("rwxrwx---"));
		}
		// The last, as it takes from a folder what gives others in it their group.
		Files.setPosixFilePermissions(this.folder, PosixFilePermissions.fromString("rwx--x--x"));
		Files.setPosixFilePermissions(this.files, PosixFilePermissions.fromString("rwx------"));
		this.user.give(this.files);
	}

	/**
	 * Writes a program's files.
	 * @param sources the files
	 * @throws IOException where the disk does not take them
	 * @throws ExecutionFailure where their names do not go together
	 */
	void write(List<SourceFile> sources) throws IOException, InterruptedException {
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
		if (this.user.worksInACopy()) {
			this.user.copy(this.files, this.box);
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
		this.user.give(file);
	}

	private void createFolders(Path file) throws IOException {
		Path folder = this.files;
		for (int i = 0; i < file.getNameCount() - 1; i++) {
			folder = folder.resolve(file.getName(i));
			if (!Files.isDirectory(folder)) {
				Files.createDirectory(folder);
				this.user.give(folder);
			}
		}
	}

	private static ExecutionFailure clash(SourceFile source) {
		return ExecutionFailure.refused(FailureCode.INVALID_REQUEST,
				"files must not name '" + source.name() + "' both as a file and as a folder");
	}

	/**
	 * The program's files as we wrote them.
	 * @return their folder
	 */
	Path files() {
		return this.files;
	}

	/**
	 * Where the program works, if its sandbox leads nowhere else.
	 * @return a folder with its files
	 */
	Path box() {
		return this.box;
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

	User user() {
		return this.user;
	}

	/**
	 * Takes note that a stage may have left processes: they are killed before the next,
	 * or with all else.
	 */
	void mayStillRun() {
		this.runs = true;
	}

	/**
	 * Kills what a stage before may have left.
	 * @throws IOException where that can't be done
	 */
	void killWhatRuns() throws IOException, InterruptedException {
		if (this.runs) {
			this.user.kill();
			this.runs = false;
		}
	}

	@Override
	public void close() {
		this.user.clear(this.folder, this.box, this.runs);
		Folders.remove(this.folder);
	}

}
