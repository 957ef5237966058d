package dev.sluice.doctor;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.sluice.execution.FailureCode;
import dev.sluice.piston.PistonAnswer;
import dev.sluice.pool.Sighting;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of a pool: of the request as it is configured, and of others that differ
 * from it.
 *
 * @param configured what the configured form brought
 * @param badToken what the configured form brought with a token that nobody issued; null
 * where none was tried
 * @param tried what other forms brought, the smallest changes first
 */
record Evidence(Sighting configured, @Nullable Sighting badToken, List<Tried> tried) {

	/**
	 * Another form, and what it brought.
	 *
	 * @param change how it differs
	 * @param seen what it brought
	 */
	record Tried(Change change, Sighting seen) {
	}

	/**
	 * The links that had to be changed for 42 to be printed.
	 * @return the smallest change, none where nothing had to be changed; nothing where no
	 * change did it
	 */
	Optional<Set<Link>> mended() {
		return prints42(this.configured) ? Optional.of(Set.of()) : works().map((tried) -> tried.change().links());
	}

	/** The smallest change that printed 42. */
	Optional<Tried> works() {
		return this.tried.stream().filter((tried) -> prints42(tried.seen())).findFirst();
	}

	/**
	 * What was seen where one link alone differs.
	 * @param link the link
	 * @return the forms in which it does
	 */
	List<Tried> alone(Link link) {
		return this.tried.stream().filter((tried) -> tried.change().links().equals(Set.of(link))).toList();
	}

	static boolean prints42(Sighting seen) {
		return seen.failure() == null && "42\n".equals(stdout(seen));
	}

	static @Nullable String stdout(Sighting seen) {
		return PistonAnswer.stdout(seen.body().getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Whether an answer was written by something inside of a session, so that token, role
	 * and identifier had let the request through.
	 */
	static boolean isFromInside(Sighting seen) {
		return (seen.failure() == null) ? stdout(seen) != null : switch (seen.failure().code()) {
			case POOL_PATH_NOT_FOUND, INVALID_REQUEST, UNSUPPORTED, ENGINE_BUSY, SESSION_BUSY, ENGINE_UNAVAILABLE ->
				true;
			// A Piston's, which is empty, or an adapter's, which is typed.
			case SANDBOX_FAILED -> seen.body().isBlank() || seen.body().contains("\"code\"");
			default -> false;
		};
	}

	/** What a sighting is called in a sentence. */
	static String name(Sighting seen) {
		if (prints42(seen)) {
			return "a program runs";
		}
		FailureCode code = (seen.failure() != null) ? seen.failure().code() : FailureCode.POOL_ANSWER_INVALID;
		return (seen.status() > 0) ? seen.status() + " " + code.text() : code.text();
	}

}
