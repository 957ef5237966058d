package dev.sluice.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import dev.sluice.doctor.Evidence.Tried;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.pool.Sighting;
import org.jspecify.annotations.Nullable;

/**
 * Judges evidence. Where a change made the pool print 42, its links are broken and the
 * others hold. Where none did, a link is cleared only by a form in which it alone
 * differs; the pool's own words blame one; of the others nothing is said.
 *
 * @param evidence what was seen
 */
record Diagnosis(Evidence evidence) {

	private static final List<Link> CHANGED = List.of(Link.IDENTIFIER, Link.API_VERSION, Link.PATH);

	/**
	 * The findings on all links behind the token.
	 * @return a finding for each link of which something can be said
	 */
	List<Finding> findings() {
		Optional<Set<Link>> mended = this.evidence.mended();
		return mended.isPresent() ? told(mended.get()) : untold();
	}

	/** Something printed 42. */
	private List<Finding> told(Set<Link> broken) {
		List<Finding> findings = new ArrayList<>();
		findings.add(Finding.sound(Link.AUTHORISED, authorised()));
		findings.add(Finding.sound(Link.SESSIONS, "one was given"));
		for (Link link : CHANGED) {
			findings.add(broken.contains(link) ? mended(link)
					: Finding.sound(link, "a program runs with it as it is configured" + alone(link)));
		}
		findings.add(Finding.sound(Link.ENGINE, "ran a program"));
		findings.add(Finding.sound(Link.STDOUT, "is 42"));
		return findings;
	}

	private Finding mended(Link link) {
		Change works = this.evidence.works().orElseThrow().change();
		return Finding.broken(link, "as it is configured: " + Evidence.name(this.evidence.configured()) + "; "
				+ works.how(link) + " it works", works.mend(link));
	}

	/** Nothing printed 42. */
	private List<Finding> untold() {
		Sighting seen = this.evidence.configured();
		List<Finding> findings = new ArrayList<>();
		Finding blamed = blamed(seen);
		findings.add(blamed);
		if (seen.failure() == null || seen.status() != 401) {
			cleared(Link.AUTHORISED, isTokenLookedAt() || Evidence.isFromInside(seen), authorised(), findings);
		}
		boolean inside = Evidence.isFromInside(seen);
		cleared(Link.SESSIONS, inside, "one was given: something in it answered", findings);
		cleared(Link.IDENTIFIER, inside && isCleared(Link.IDENTIFIER),
				"what is in the session answered" + alone(Link.IDENTIFIER), findings);
		cleared(Link.API_VERSION, inside && isCleared(Link.API_VERSION),
				"what is in the session answered" + alone(Link.API_VERSION), findings);
		cleared(Link.PATH, blamed.link().equals(Link.ENGINE.text()) || blamed.link().equals(Link.STDOUT.text()),
				"what takes executions answered" + alone(Link.PATH), findings);
		cleared(Link.ENGINE, blamed.link().equals(Link.STDOUT.text()), "ran a program", findings);
		return findings;
	}

	private Finding blamed(Sighting seen) {
		ExecutionFailure failure = seen.failure();
		if (failure != null) {
			Link link = Link.of(failure.code());
			Link isolated = (link == Link.API_VERSION && !isIsolated(link)) ? Link.SESSIONS : link;
			return Finding.broken(isolated, failure.message(), Mend.of(failure.code()));
		}
		String stdout = Evidence.stdout(seen);
		return (stdout != null)
				? Finding.broken(Link.STDOUT, "is '" + stdout.strip() + "' of a program that prints 42",
						"the session's image")
				: Finding.broken(Link.PATH, "what answers is neither an adapter nor a Piston",
						"endpoint and path: those of the pool and of its container");
	}

	/** A finding is added where there is none on the link yet, and where it holds. */
	private static void cleared(Link link, boolean holds, String seen, List<Finding> findings) {
		if (holds && findings.stream().noneMatch((finding) -> finding.link().equals(link.text()))) {
			findings.add(Finding.sound(link, seen));
		}
	}

	/**
	 * With the link changed alone, either nothing changes, or the pool refuses just that.
	 */
	private boolean isCleared(Link link) {
		List<Tried> alone = this.evidence.alone(link);
		return !alone.isEmpty() && alone.stream()
			.allMatch((tried) -> isSame(tried.seen())
					|| tried.seen().failure() != null && Link.of(tried.seen().failure().code()) == link
					|| isAboutIdentifiers(link, tried.seen()));
	}

	/** With the link changed alone, the pool no longer refuses it. */
	private boolean isIsolated(Link link) {
		return this.evidence.alone(link).stream().anyMatch((tried) -> !isSame(tried.seen()));
	}

	/** An api-version may be what makes a pool want identifiers. */
	private static boolean isAboutIdentifiers(Link link, Sighting seen) {
		return link == Link.API_VERSION && seen.failure() != null && Link.of(seen.failure().code()) == Link.IDENTIFIER;
	}

	private boolean isSame(Sighting other) {
		ExecutionFailure one = this.evidence.configured().failure();
		ExecutionFailure two = other.failure();
		return (one != null && two != null) ? one.code() == two.code() : one == null && two == null;
	}

	private boolean isTokenLookedAt() {
		Sighting bad = this.evidence.badToken();
		return bad != null && bad.status() == 401;
	}

	private String authorised() {
		@Nullable Sighting bad = this.evidence.badToken();
		if (bad == null) {
			return "no token is wanted";
		}
		return isTokenLookedAt() ? "let in, and a bad token is not"
				: "let in, as a bad token is too (" + Evidence.name(bad) + ")";
	}

	/** What the forms brought in which the link alone differs. */
	private String alone(Link link) {
		return this.evidence.alone(link)
			.stream()
			.map((tried) -> "; " + tried.change().how(link) + ": " + Evidence.name(tried.seen()))
			.collect(Collectors.joining());
	}

}
