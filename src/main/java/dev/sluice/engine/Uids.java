package dev.sluice.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import org.jspecify.annotations.Nullable;

/**
 * The user ids of programs, one for each that runs at once. They are locked against other
 * engines on this machine: who has a program's user id can kill it.
 */
final class Uids implements AutoCloseable {

	private static final int TRIED = 1000;

	private static final FileAttribute<Set<PosixFilePermission>> OWNERS_ONLY = PosixFilePermissions
		.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

	private final BlockingQueue<Integer> free = new LinkedBlockingQueue<>();

	private final List<FileChannel> locks = new ArrayList<>();

	private Uids() {
	}

	/**
	 * Claims user ids.
	 * @param first the first to try
	 * @param count how many
	 * @param root whether we are root; else all programs run as who we are
	 * @return the ids, to be closed
	 * @throws EngineUnavailableException where others have them all
	 */
	static Uids claim(int first, int count, boolean root) throws IOException {
		Uids uids = new Uids();
		for (int uid = first; uids.free.size() < count; uid++) {
			if (uid - first >= TRIED) {
				uids.close();
				throw new EngineUnavailableException("No user ids are free from " + first
						+ " on: other engines have them, or their locks in the folder for temporary files");
			}
			if (!root || uids.lock(uid)) {
				uids.free.add(uid);
			}
		}
		return uids;
	}

	/**
	 * Takes an id. Blocks until one is free, which is at once where no more programs run
	 * than there are ids.
	 * @return the id
	 */
	int take() throws InterruptedException {
		return this.free.take();
	}

	void giveBack(int uid) {
		this.free.add(uid);
	}

	@Override
	public void close() {
		for (FileChannel lock : this.locks) {
			try {
				lock.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

	private boolean lock(int uid) throws IOException {
		Path file = Path.of(System.getProperty("java.io.tmpdir"), "sluice-user-" + uid + ".lock");
		if (Files.isSymbolicLink(file)) {
			return false;
		}
		FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
				OWNERS_ONLY);
		FileLock lock = tryLock(channel);
		if (lock == null) {
			channel.close();
			return false;
		}
		this.locks.add(channel);
		return true;
	}

	private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
		try {
			return channel.tryLock();
		}
		catch (OverlappingFileLockException ex) {
			return null;
		}
	}

}
