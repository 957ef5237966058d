package dev.sluice.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.pool.Setup;
import dev.sluice.pool.Sighting;
import dev.sluice.pool.Sighting.From;

/**
 * Judges evidence. Where a change made the pool print 42, its links are broken and the
 * others hold. Where none did, a link is cleared only by a form in which it alone
 * differs; the pool's own words blame one, where the forms agree with them; of the others
 * nothing is said.
 *
 * @param evidence what was seen
 * @param setup how the pool is configured
 */
record Diagnosis(Evidence evidence, Setup setup) {

	private static final List<Link> CHANGED = List.of(Link.IDENTIFIER, Link.API_VERSION, Link.PATH);

	/** What a Piston that is reached directly does not have. */
	private static final List<Link> OF_POOLS = List.of(Link.AUTHORISED, Link.SESSIONS, Link.IDENTIFIER,
			Link.API_VERSION);

	/**
	 * The findings on all links behind the token.
	 * @return a finding for each link of which something can be said
	 */
	List<Finding> findings() {
		List<Finding> findings = new ArrayList<>();
		if (!this.setup.wantsToken()) {
			OF_POOLS.forEach((link) -> findings.add(Finding.absent(link, "a Piston of one's own has none")));
		}
		Optional<Set<Link>> mended = this.evidence.mended();
		findings.addAll(mended.isPresent() ? told(mended.get()) : untold());
		return findings;
	}

	/** Something printed 42. */
	private List<Finding> told(Set<Link> broken) {
		List<Finding> findings = new ArrayList<>();
		findings.add(Finding.sound(Link.AUTHORISED, authorised()));
		findings.add(Finding.sound(Link.SESSIONS, "one was given"));
		for (Link link : CHANGED) {
			findings.add(broken.contains(link) ? mended(link) : Finding.sound(link, holds(link) + alone(link)));
		}
		findings.add(Finding.sound(Link.ENGINE, "ran a program"));
		findings.add(Finding.sound(Link.STDOUT, "is 42"));
		return findings;
	}

	private String holds(Link link) {
		return switch (link) {
			case PATH -> "reaches " + whom(printing());
			case IDENTIFIER ->
				this.evidence.asked() ? "auto: the pool asked for one, and got it" : "a program runs as configured";
			default -> "a program runs as configured";
		};
	}

	private Finding mended(Link link) {
		Change works = this.evidence.works().orElseThrow().change();
		boolean asks = isCode(FailureCode.POOL_IDENTIFIER_REQUIRED);
		return Finding.broken(link,
				"as it is configured: " + Evidence.name(this.evidence.configured()) + "; " + works.how(link)
						+ " it works" + ((link == Link.PATH) ? ", and reaches " + whom(printing()) : ""),
				works.mend(link, asks));
	}

	private Sighting printing() {
		return this.evidence.works()
			.map(Evidence.Tried::seen)
			.filter((seen) -> !Evidence.prints42(this.evidence.configured()))
			.orElse(this.evidence.configured());
	}

	private static String whom(Sighting seen) {
		return (seen.from() == From.ADAPTER) ? "Sluice's adapter" : "a bare Piston";
	}

	/** Nothing printed 42. */
	private List<Finding> untold() {
		List<Finding> findings = new ArrayList<>();
		Link blamed = blamed();
		boolean inside = this.evidence.isFromInside();
		findings.add(blame(blamed));
		if (inside || this.evidence.isTokenLookedAt()) {
			findings.add(Finding.sound(Link.AUTHORISED, authorised()));
		}
		else if (this.evidence.badToken() != null) {
			findings.add(Finding.unknown(Link.AUTHORISED,
					"a bad token brings the same: " + Evidence.name(this.evidence.badToken()), null));
		}
		if (inside) {
			findings.add(Finding.sound(Link.SESSIONS, "one was given: something in it answered"));
		}
		for (Link link : List.of(Link.IDENTIFIER, Link.API_VERSION)) {
			if (inside && this.evidence.isCleared(link)) {
				findings.add(Finding.sound(link, "what is in the session answered" + alone(link)));
			}
		}
		if (inside && this.evidence.isPathFelt() && !isCode(FailureCode.POOL_PATH_NOT_FOUND)) {
			findings.add(Finding.sound(Link.PATH, "reaches " + whom(this.evidence.configured()) + alone(Link.PATH)));
		}
		if (blamed == Link.STDOUT) {
			findings.add(Finding.sound(Link.ENGINE, "ran a program"));
		}
		return findings;
	}

	/** The link that the answer's words name. */
	private Link blamed() {
		Sighting seen = this.evidence.configured();
		ExecutionFailure failure = seen.failure();
		if (failure == null) {
			return Link.STDOUT;
		}
		if (seen.from() == From.HANDSHAKE) {
			return Link.TLS;
		}
		Link named = Link.of(failure.code());
		return switch (named) {
			// All of our own connections are in use.
			case SESSIONS -> (seen.status() == 0 && isCode(FailureCode.POOL_FULL)) ? Link.CONNECTS : named;
			case API_VERSION -> this.evidence.isFelt(named) ? named : Link.SESSIONS;
			// A sandbox that failed within a 200.
			case PATH -> (Evidence.stdout(seen) != null) ? Link.ENGINE : named;
			default -> named;
		};
	}

	private Finding blame(Link link) {
		Sighting seen = this.evidence.configured();
		ExecutionFailure failure = seen.failure();
		if (failure == null) {
			String stdout = String.valueOf(Evidence.stdout(seen)).strip();
			return Finding.broken(link, "is '" + stdout + "' of a program that prints 42", "the session's image");
		}
		return isIsolated(link) ? Finding.broken(link, failure.message(), Mend.of(seen, this.setup))
				: Finding.unknown(link, failure.message() + doubt(link), Mend.ofDoubt(seen, this.setup));
	}

	/** Whether what was seen of other forms agrees with the blame. */
	private boolean isIsolated(Link link) {
		boolean others = !this.setup.wantsToken()
				|| this.evidence.badToken() != null && !Evidence.isSame(this.evidence.badToken(), seen());
		return switch (link) {
			case NAME, CONNECTS, TLS, TOKEN, STDOUT -> true;
			case AUTHORISED -> isCode(FailureCode.POOL_UNAUTHORIZED) || others;
			case SESSIONS -> others && !isCode(FailureCode.POOL_REQUEST_REFUSED);
			case IDENTIFIER, API_VERSION -> this.evidence.isFelt(link);
			case PATH -> this.evidence.isFromInside();
			case ENGINE -> this.evidence.isFromInside() && !isCode(FailureCode.INVALID_REQUEST);
		};
	}

	private String doubt(Link link) {
		return switch (link) {
			case IDENTIFIER, API_VERSION -> "; and so it does" + alone(link);
			case PATH, ENGINE -> alone(Link.PATH);
			default -> "";
		};
	}

	private String authorised() {
		Sighting bad = this.evidence.badToken();
		if (bad == null) {
			return "let in";
		}
		if (this.evidence.isTokenLookedAt()) {
			return "let in, and a bad token is not";
		}
		boolean letIn = Evidence.prints42(bad) || bad.from() == From.ADAPTER;
		return letIn ? "let in, as a bad token is too (" + Evidence.name(bad) + ")"
				: "let in; what a bad token brings does not tell whether it is looked at: " + Evidence.name(bad);
	}

	/** What the forms brought in which the link alone differs. */
	private String alone(Link link) {
		return this.evidence.alone(link)
			.stream()
			.map((tried) -> "; " + tried.change().how(link) + ": " + Evidence.name(tried.seen()))
			.collect(Collectors.joining());
	}

	private Sighting seen() {
		return this.evidence.configured();
	}

	private boolean isCode(FailureCode code) {
		return seen().failure() != null && seen().failure().code() == code;
	}

}
