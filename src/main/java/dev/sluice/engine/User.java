package dev.sluice.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
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

	private static final Duration MADE_WITHIN = Duration.ofSeconds(10);

	private static final Duration COPIED_WITHIN = Duration.ofSeconds(30);

	private final Uid uid;

	private final Privilege privilege;

	private final Uids uids;

	private final Sweeper sweeper;

	private @Nullable Path folder;

	private @Nullable Path box;

	private boolean spoilt;

	User(Uid uid, Privilege privilege, Uids uids, Sweeper sweeper) {
		this.uid = uid;
		this.privilege = privilege;
		this.uids = uids;
		this.sweeper = sweeper;
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
	 * Whether the launcher takes this user itself, by effect alone: so a program can't
	 * signal it. It is given {@link #uid()} then.
	 * @param sandbox where it runs
	 * @return whether it does
	 */
	boolean isTakenWithin(Sandbox sandbox) {
		return this.privilege.changesUser() && !sandbox.hasNamespaces();
	}

	/**
	 * The words before a command of ours that is to take this user itself: they give it
	 * the user's group, and no privilege but the change of user.
	 * @return the words
	 */
	List<String> wordsToTake() {
		return List.of("setpriv", "--no-new-privs", "--inh-caps=-all,+setuid", "--ambient-caps=-all,+setuid",
				"--pdeathsig", "KILL", "--regid", name(), "--clear-groups");
	}

	Uid uid() {
		return this.uid;
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
		Path home = parent.resolve("user-" + name());
		if (!Files.exists(home)) {
			sweep();
			Path unfinished = parent.resolve("making-" + name());
			Files.deleteIfExists(unfinished);
			Errand.run(MADE_WITHIN, List.of("setpriv", "--inh-caps=-all", "--ambient-caps=-all", "--regid", name(),
					"--clear-groups", "mkdir", "-m", "2710", unfinished.toString()));
			Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
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
				Files.setAttribute(path, "unix:uid", this.uid.id());
				Files.setAttribute(path, "unix:gid", this.uid.id());
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
		Errand.run(COPIED_WITHIN, words);
	}

	/**
	 * Kills what it still runs, where no other program has the same user.
	 * @throws IOException where that can't be done
	 */
	void kill() throws IOException, InterruptedException {
		if (this.privilege.changesUser()) {
			this.sweeper.kill(this.uid);
		}
	}

	/**
	 * Kills what it still runs, and removes all that is its own, where only it can. If
	 * that fails, this user is not used again until it can be done.
	 * @param folder ours, to be removed where its own come to be removed later
	 * @param box the folder in there that it worked in
	 * @param runs whether it may still run something, though others remove its files
	 */
	void clear(Path folder, Path box, boolean runs) {
		if (this.privilege != Privilege.CHANGE_OF_USER && !runs) {
			return;
		}
		this.folder = folder;
		this.box = box;
		try {
			sweep();
		}
		catch (IOException ex) {
			logger.warn("What a program left could not be removed, so its user {} is not used until it is: {}", name(),
					ex.getMessage());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Does what {@link #clear} could not do. To be closed again.
	 */
	void clearAgain() {
		try {
			sweep();
			if (this.folder != null) {
				Folders.remove(this.folder);
			}
			logger.info("What a program left is removed, so its user {} is used again", name());
		}
		catch (IOException ex) {
			logger.debug("Something is left of user {}", name(), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void close() {
		if (this.spoilt) {
			this.uids.setAside(this);
		}
		else {
			this.uids.giveBack(this.uid);
		}
	}

	private void sweep() throws IOException, InterruptedException {
		this.spoilt = true;
		switch (this.privilege) {
			case NONE -> {
			}
			case ROOT -> this.sweeper.kill(this.uid);
			case CHANGE_OF_USER -> this.sweeper.clear(this.uid, this.box);
		}
		this.spoilt = false;
	}

	private String name() {
		return Integer.toString(this.uid.id());
	}

}
