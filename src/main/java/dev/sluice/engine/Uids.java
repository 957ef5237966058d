package dev.sluice.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The user ids of programs, one for each that runs at once. They are locked against other
 * engines on this machine: who has a program's user id can kill it.
 */
final class Uids implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Uids.class);

	private static final int TRIED = 1000;

	private static final FileAttribute<Set<PosixFilePermission>> OWNERS_ONLY = PosixFilePermissions
		.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

	private final BlockingQueue<Integer> free = new LinkedBlockingQueue<>();

	private final List<FileChannel> locks = new ArrayList<>();

	private final Privilege privilege;

	private int next;

	private Uids(int first, Privilege privilege) {
		this.next = first;
		this.privilege = privilege;
	}

	/**
	 * Claims user ids.
	 * @param first the first to try
	 * @param count how many
	 * @param privilege what we may do; if nothing, all programs run as who we are
	 * @return the ids, to be closed
	 * @throws EngineUnavailableException where others have them all
	 */
	static Uids claim(int first, int count, Privilege privilege) throws IOException {
		Uids uids = new Uids(first, privilege);
		try {
			while (uids.free.size() < count) {
				uids.claim();
			}
			return uids;
		}
		catch (IOException | RuntimeException ex) {
			uids.close();
			throw ex;
		}
	}

	/**
	 * Takes a user. Blocks until one is free, which is at once where no more programs run
	 * than there are ids.
	 * @return the user, to be closed
	 */
	User take() throws InterruptedException {
		return new User(this.free.take(), this.privilege, this);
	}

	void giveBack(int uid) {
		this.free.add(uid);
	}

	/**
	 * Puts another id in the place of one that is not to be used again.
	 */
	void replace() {
		try {
			claim();
		}
		catch (IOException | EngineUnavailableException ex) {
			logger.error("The engine runs a program less at once: {}", ex.getMessage());
		}
	}

	@Override
	public synchronized void close() {
		for (FileChannel lock : this.locks) {
			try {
				lock.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

	private synchronized void claim() throws IOException {
		int first = this.next;
		while (this.next - first < TRIED) {
			int uid = this.next++;
			if (!this.privilege.changesUser() || lock(uid)) {
				this.free.add(uid);
				return;
			}
		}
		throw new EngineUnavailableException("No user ids are free from " + first
				+ " on: other engines have them, or their locks in the folder for temporary files");
	}

	private boolean lock(int uid) throws IOException {
		Path file = Path.of(System.getProperty("java.io.tmpdir"), "sluice-user-" + uid + ".lock");
		if (Files.isSymbolicLink(file)) {
			return false;
		}
		FileChannel channel;
		try {
			channel = FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OWNERS_ONLY);
		}
		catch (AccessDeniedException ex) {
			return false;
		}
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
