package dev.sluice.doctor;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.sluice.execution.FailureCode;
import dev.sluice.piston.PistonAnswer;
import dev.sluice.pool.Sighting;
import dev.sluice.pool.Sighting.From;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of a pool: of the request as it is configured, and of others that differ
 * from it.
 *
 * @param configured what the configured form brought
 * @param asked whether that form has an identifier because the pool asked for one
 * @param badToken what the configured form brought with a token that nobody issued; null
 * where none was tried
 * @param tried what other forms brought, the smallest changes first
 */
record Evidence(Sighting configured, boolean asked, @Nullable Sighting badToken, List<Tried> tried) {

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

	/** Whether a link, changed alone, changes the answer. */
	boolean isFelt(Link link) {
		return alone(link).stream().anyMatch((tried) -> !isSame(tried.seen(), this.configured));
	}

	/**
	 * Whether a link, changed alone, changes nothing, or is just what the answer then
	 * refuses. An api-version may be what makes a pool want identifiers.
	 */
	boolean isCleared(Link link) {
		List<Tried> alone = alone(link);
		return !alone.isEmpty() && alone.stream()
			.allMatch((tried) -> isSame(tried.seen(), this.configured) || speaksOf(link, tried.seen())
					|| link == Link.API_VERSION && speaksOf(Link.IDENTIFIER, tried.seen()));
	}

	/** Whether a path on which surely nothing listens is answered otherwise. */
	boolean isPathFelt() {
		return alone(Link.PATH).stream()
			.anyMatch((tried) -> tried.change().probe().path().equals(Change.NOWHERE)
					&& !isSame(tried.seen(), this.configured));
	}

	/** Whether the pool turns a bad token away, and not the one that it was given. */
	boolean isTokenLookedAt() {
		return this.badToken != null && (this.badToken.status() == 401 || this.badToken.status() == 403)
				&& !isSame(this.badToken, this.configured);
	}

	/** Whether the answer came from behind what looks at tokens, where anything does. */
	private boolean isBehindToken() {
		return this.badToken == null || isTokenLookedAt();
	}

	/**
	 * Whether the answer was surely written by something inside of a session, so that
	 * what lies before it had let the request through.
	 */
	boolean isFromInside() {
		if (this.configured.from() == From.ADAPTER || stdout(this.configured) != null) {
			return true;
		}
		return this.configured.failure() != null && switch (this.configured.failure().code()) {
			case INVALID_REQUEST -> true;
			case POOL_PATH_NOT_FOUND -> isBehindToken();
			case SANDBOX_FAILED, POOL_ANSWER_INVALID -> isBehindToken() && isPathFelt();
			default -> false;
		};
	}

	static boolean prints42(Sighting seen) {
		return seen.failure() == null && "42\n".equals(stdout(seen));
	}

	/** What a program wrote, where the answer has Piston's shape, a verdict or not. */
	static @Nullable String stdout(Sighting seen) {
		return (seen.status() == 200) ? PistonAnswer.stdout(seen.body().getBytes(StandardCharsets.UTF_8)) : null;
	}

	static boolean isSame(Sighting one, Sighting other) {
		return one.status() == other.status() && one.from() == other.from() && code(one) == code(other);
	}

	/** What a sighting is called in a sentence. */
	static String name(Sighting seen) {
		if (prints42(seen)) {
			return "a program runs";
		}
		FailureCode code = code(seen);
		String what = (code != null) ? code.text() : "no 42";
		return (seen.status() > 0) ? seen.status() + " " + what : what;
	}

	private static boolean speaksOf(Link link, Sighting seen) {
		return seen.failure() != null && Link.of(seen.failure().code()) == link;
	}

	private static @Nullable FailureCode code(Sighting seen) {
		return (seen.failure() != null) ? seen.failure().code() : null;
	}

}
