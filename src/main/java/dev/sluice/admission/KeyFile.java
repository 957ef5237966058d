package dev.sluice.admission;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import jakarta.validation.Validator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

/**
 * A file with clients' keys, which may change while the gateway runs. Its bytes are
 * looked at, and not its time, so that each way of replacing it is seen: written anew,
 * renamed, or behind another symbolic link, as Kubernetes mounts it. They count once two
 * looks in a row have seen the same: somebody may be writing them.
 */
final class KeyFile implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(KeyFile.class);

	/** Longer ones are somebody's mistake. */
	private static final long LONGEST = 16 * 1024 * 1024;

	private final Path path;

	private final Validator validator;

	private final Consumer<List<KeyProperties>> changed;

	private final Disposable clock;

	/** What is in force. */
	private byte[] seen;

	/** What the look before saw. */
	private byte @Nullable [] before;

	/** Each thing that is wrong is told once. */
	private String told = "";

	/**
	 * Reads the file, and goes on looking at it.
	 * @param path where it is
	 * @param validator tells what is wrong with it
	 * @param every how often to look
	 * @param changed is given the keys, now and when they change; throws an
	 * {@link IllegalArgumentException} where they can't be put in force
	 * @throws IllegalArgumentException with what is wrong with the file
	 */
	KeyFile(Path path, Validator validator, Duration every, Consumer<List<KeyProperties>> changed) {
		this.path = path;
		this.validator = validator;
		this.changed = changed;
		this.seen = bytes();
		changed.accept(KeyDocument.read(this.seen, validator));
		this.clock = Schedulers.boundedElastic()
			.schedulePeriodically(this::look, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
	}

	@Override
	public void close() {
		this.clock.dispose();
	}

	void look() {
		try {
			byte[] last = this.before;
			this.before = null;
			byte[] now = bytes();
			this.before = now;
			boolean whole = Arrays.equals(now, last);
			if (!whole) {
				return;
			}
			if (!Arrays.equals(now, this.seen)) {
				List<KeyProperties> keys = KeyDocument.read(now, this.validator);
				this.changed.accept(keys);
				this.seen = now;
				logger.info("The clients' keys of {} were read anew: {}", this.path, keys.size());
			}
			this.told = "";
		}
		catch (IllegalArgumentException ex) {
			tell(String.valueOf(ex.getMessage()));
		}
		catch (RuntimeException ex) {
			tell("a fault of ours, " + ex.getClass().getName());
		}
	}

	private void tell(String wrong) {
		if (!wrong.equals(this.told)) {
			this.told = wrong;
			logger.warn("The clients' keys of {} can't be read anew, and the ones of before stay in force: {}",
					this.path, wrong);
		}
	}

	private byte[] bytes() {
		try {
			if (Files.size(this.path) > LONGEST) {
				throw new IllegalArgumentException("it is longer than 16 MB");
			}
			return Files.readAllBytes(this.path);
		}
		catch (IOException ex) {
			throw new IllegalArgumentException(Files.exists(this.path)
					? "it can't be read: " + ex.getClass().getSimpleName() : "there is no such file");
		}
	}

}
