package dev.sluice.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who a program runs as: a user of its own where we may change users, else we ourselves.
 * Closing it frees it for another program.
 * <p>
 * Where we are not root, its files must be made by it, and can be removed by it alone. So
 * it has a folder of ours that its group may pass, and nobody else; in there it works in
 * a copy of what we wrote, and sweeps it.
 */
final class User implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(User.class);

	private static final String SWEEPER = Scripts.read("sweeper.pl");

	/** Where everybody may write on a Linux system. */
	private static final List<String> SHARED_FOLDERS = Stream
		.of("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run/lock", System.getProperty("java.io.tmpdir"))
		.distinct()
		.toList();

	private static final Duration KILLS_WITHIN = Duration.ofSeconds(2);

	private static final Duration CLEARS_WITHIN = Duration.ofSeconds(30);

	private final int id;

	private final Privilege privilege;

	private final Uids uids;

	private boolean spoilt;

	User(int id, Privilege privilege, Uids uids) {
		this.id = id;
		this.privilege = privilege;
		this.uids = uids;
	}

	/**
	 * The words before a command that make it run as this user, with no privilege of
	 * ours.
	 * @return the words
	 */
	List<String> words() {
		List<String> words = new ArrayList<>(
				List.of("setpriv", "--no-new-privs", "--inh-caps=-all", "--ambient-caps=-all", "--pdeathsig", "KILL"));
		if (this.privilege.changesUser()) {
			words.addAll(List.of("--reuid", name(), "--regid", name(), "--clear-groups"));
		}
		return words;
	}

	/**
	 * Where the folders of its programs go.
	 * @param parent the engine's folder
	 * @return a folder in which ours get its group, and which is closed to all others; or
	 * the engine's folder, where that is not needed
	 * @throws IOException where it can't be made
	 */
	Path home(Path parent) throws IOException, InterruptedException {
		if (this.privilege != Privilege.CHANGE_OF_USER) {
			return parent;
		}
		Path home = parent.resolve("user-" + this.id);
		if (!Files.exists(home)) {
			sweep(CLEARS_WITHIN, SHARED_FOLDERS);
			Errand.run(KILLS_WITHIN, List.of("setpriv", "--inh-caps=-all", "--ambient-caps=-all", "--regid", name(),
					"--clear-groups", "mkdir", "-m", "2710", home.toString()));
		}
		return home;
	}

	/**
	 * Whether its program works in a copy of what we wrote.
	 * @return whether it does, and {@link #copy} makes it
	 */
	boolean worksInACopy() {
		return this.privilege == Privilege.CHANGE_OF_USER;
	}

	/**
	 * Lets it have what we wrote, as its own or to be copied.
	 * @param path a file or folder
	 * @throws IOException where the disk does not allow it
	 */
	void give(Path path) throws IOException {
		switch (this.privilege) {
			case NONE -> {
			}
			case ROOT -> {
				Files.setAttribute(path, "unix:uid", this.id);
				Files.setAttribute(path, "unix:gid", this.id);
			}
			case CHANGE_OF_USER -> Files.setPosixFilePermissions(path,
					PosixFilePermissions.fromString(Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--"));
		}
	}

	/**
	 * Copies what we wrote, as this user.
	 * @param from a folder that it was given
	 * @param to a folder that it may write to
	 * @throws IOException where the disk does not allow it
	 */
	void copy(Path from, Path to) throws IOException, InterruptedException {
		List<String> words = words();
		words.addAll(List.of("cp", "-R", from + "/.", to.toString()));
		Errand.run(CLEARS_WITHIN, words);
	}

	/**
	 * Kills what it still runs, where no other program has the same user.
	 * @throws IOException where that can't be done
	 */
	void kill() throws IOException, InterruptedException {
		if (this.privilege.changesUser()) {
			sweep(KILLS_WITHIN, List.of());
		}
	}

	/**
	 * Kills what it still runs, and removes all that is its own, where only it can. If
	 * that fails, this user is not used again.
	 * @param box the folder that it worked in
	 */
	void clear(Path box) {
		if (this.privilege != Privilege.CHANGE_OF_USER) {
			return;
		}
		try {
			List<String> folders = new ArrayList<>(SHARED_FOLDERS);
			folders.add(box.toString());
			sweep(CLEARS_WITHIN, folders);
		}
		catch (IOException ex) {
			logger.warn("What a program left could not be removed, so its user {} is used no more: {}", this.id,
					ex.getMessage());
			this.spoilt = true;
		}
		catch (InterruptedException ex) {
			this.spoilt = true;
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void close() {
		if (this.spoilt) {
			this.uids.replace();
		}
		else {
			this.uids.giveBack(this.id);
		}
	}

	private void sweep(Duration within, List<String> folders) throws IOException, InterruptedException {
		List<String> words = new ArrayList<>(List.of("perl", "-e", SWEEPER, System.getProperty("os.arch"), name()));
		words.addAll(folders);
		Errand.run(within, words);
	}

	private String name() {
		return Integer.toString(this.id);
	}

}
