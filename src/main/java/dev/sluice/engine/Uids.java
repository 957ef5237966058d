package dev.sluice.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The user ids of programs, for each that runs at once. They are locked against other
 * engines on this machine: who has a program's user id can kill it. An id of which
 * something is left is kept aside, and comes back when it is clean; until then there is
 * another for it.
 */
final class Uids implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Uids.class);

	private static final int TRIED = 1000;

	private static final long SWEPT_AGAIN_AFTER_MS = 2000;

	private static final FileAttribute<Set<PosixFilePermission>> FILE_OF_OURS = PosixFilePermissions
		.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

	private static final FileAttribute<Set<PosixFilePermission>> FOLDER_OF_OURS = PosixFilePermissions
		.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

	private static final int OPEN_TO_OTHERS = 0077;

	private final Queue<Uid> free = new ConcurrentLinkedQueue<>();

	private final List<FileChannel> held = new ArrayList<>();

	/** Sweeps ids that are kept aside, on a thread that there is once it has to. */
	private final ScheduledThreadPoolExecutor again = new ScheduledThreadPoolExecutor(1,
			Thread.ofPlatform().daemon().name("engine-sweeper").factory(), new ThreadPoolExecutor.DiscardPolicy());

	private final Privilege privilege;

	private final Sweeper sweeper;

	private final Path locks;

	private final Set<Integer> ours;

	private int next;

	private Uids(int first, Privilege privilege, Sweeper sweeper, Path locks, Set<Integer> ours) {
		this.next = first;
		this.privilege = privilege;
		this.sweeper = sweeper;
		this.locks = locks;
		this.ours = ours;
	}

	/**
	 * Claims user ids.
	 * @param first the first to try
	 * @param count for how many programs at once
	 * @param privilege what we may do; if nothing, all programs run as who we are
	 * @param sweeper ends what they leave
	 * @param parent where the locks go, in a folder that other engines share
	 * @return the ids, to be closed
	 * @throws EngineUnavailableException where others have them all, or the first is ours
	 */
	static Uids claim(int first, int count, Privilege privilege, Sweeper sweeper, Path parent) throws IOException {
		ProcessStatus we = ProcessStatus.read();
		Path locks = parent.resolve("sluice-users-" + we.user());
		if (privilege.changesUser()) {
			if (we.ids().contains(first)) {
				throw new EngineUnavailableException("sluice.engine.first-uid is " + first
						+ ", a user or group of this process, which programs must not be");
			}
			makeOurs(locks, we.user());
		}
		Uids uids = new Uids(first, privilege, sweeper, locks, we.ids());
		try {
			while (uids.free.size() < count) {
				uids.free.add(uids.claim());
			}
			return uids;
		}
		catch (RuntimeException ex) {
			uids.close();
			throw ex;
		}
	}

	/**
	 * Takes a user. There is one where no more programs run than there are ids; one that
	 * is kept aside is replaced now.
	 * @return the user, to be closed
	 * @throws dev.sluice.execution.ExecutionFailure where there is no other
	 */
	User take() {
		Uid uid = this.free.poll();
		try {
			return new User((uid != null) ? uid : claim(), this.privilege, this, this.sweeper);
		}
		catch (EngineUnavailableException ex) {
			logger.warn("No user is free for a program: {}", ex.getMessage());
			throw Turn.busy("no user is free for another");
		}
	}

	void giveBack(Uid uid) {
		this.free.add(uid);
	}

	/**
	 * Keeps a user aside of which something is left, and sweeps it again until it is
	 * clean.
	 * @param user the user, which is closed again then
	 */
	void setAside(User user) {
		var _ = this.again.schedule(() -> {
			try (user) {
				user.clearAgain();
			}
		}, SWEPT_AGAIN_AFTER_MS, TimeUnit.MILLISECONDS);
	}

	@Override
	public synchronized void close() {
		this.again.shutdownNow();
		for (FileChannel lock : this.held) {
			try {
				lock.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

	private synchronized Uid claim() {
		return new Uid(claimOne(), claimOne());
	}

	private int claimOne() {
		int first = this.next;
		while (this.next - first < TRIED) {
			int id = this.next++;
			if (!this.privilege.changesUser() || !this.ours.contains(id) && lock(id)) {
				return id;
			}
		}
		throw new EngineUnavailableException(
				"No user ids are free from " + first + " on: other engines have them, or their locks in " + this.locks);
	}

	/** What is in the way is another's, or broken: the next id may be free. */
	private boolean lock(int id) {
		Path file = this.locks.resolve(id + ".lock");
		if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
			return false;
		}
		try {
			FileChannel channel = FileChannel.open(file,
					Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
					FILE_OF_OURS);
			if (isLocked(channel)) {
				this.held.add(channel);
				return true;
			}
			channel.close();
		}
		catch (IOException ex) {
			logger.debug("The user id {} can't be locked", id, ex);
		}
		return false;
	}

	private static boolean isLocked(FileChannel channel) throws IOException {
		try {
			return channel.tryLock() != null;
		}
		catch (OverlappingFileLockException ex) {
			return false;
		}
	}

	/** Nobody else may put a lock there, or what only looks like one. */
	private static void makeOurs(Path locks, int user) throws IOException {
		try {
			Files.createDirectory(locks, FOLDER_OF_OURS);
		}
		catch (FileAlreadyExistsException ex) {
			Map<String, Object> found = Files.readAttributes(locks, "unix:uid,mode,isDirectory",
					LinkOption.NOFOLLOW_LINKS);
			if (!Boolean.TRUE.equals(found.get("isDirectory")) || !Integer.valueOf(user).equals(found.get("uid"))
					|| !(found.get("mode") instanceof Integer mode) || (mode & OPEN_TO_OTHERS) != 0) {
				throw new EngineUnavailableException(locks
						+ " is for the locks of programs' user ids, and is no folder of this process's user alone: remove it");
			}
		}
	}

}
