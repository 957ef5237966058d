package dev.sluice.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Ends and removes what programs' users left, as these users: {@code sweeper.pl}.
 */
final class Sweeper {

	private static final String SCRIPT = Scripts.read("sweeper.pl");

	/** Where everybody may write on a Linux system. */
	private static final List<String> SHARED_FOLDERS = List.of("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue",
			"/run/lock");

	private static final Duration KILLS_WITHIN = Duration.ofSeconds(10);

	private static final Duration CLEARS_WITHIN = Duration.ofSeconds(30);

	private final List<String> folders;

	/**
	 * Makes a sweeper.
	 * @param folders where everybody may write, too, or may not
	 */
	Sweeper(Path... folders) {
		this.folders = Stream.concat(SHARED_FOLDERS.stream(), Stream.of(folders).map(Path::toString))
			.distinct()
			.toList();
	}

	/**
	 * Kills what a user still runs. Does not wait for its end.
	 * @param uid the user, as whom only one program runs
	 * @throws IOException where that can't be done
	 */
	void kill(Uid uid) throws IOException, InterruptedException {
		sweep(uid, KILLS_WITHIN, List.of());
	}

	/**
	 * Kills what a user still runs, and removes what is its own in the folders that
	 * everybody may write to.
	 * @param uid the user, as whom only one program runs
	 * @param box another folder that it could write to, or null
	 * @throws IOException where something is left of it
	 */
	void clear(Uid uid, @Nullable Path box) throws IOException, InterruptedException {
		List<String> all = new ArrayList<>(this.folders);
		if (box != null) {
			all.add(box.toString());
		}
		sweep(uid, CLEARS_WITHIN, all);
	}

	private static void sweep(Uid uid, Duration within, List<String> folders) throws IOException, InterruptedException {
		List<String> words = new ArrayList<>(List.of("perl", "-e", SCRIPT, System.getProperty("os.arch"),
				Integer.toString(uid.id()), Integer.toString(uid.guard())));
		words.addAll(folders);
		Errand.run(within, words);
	}

}
