package dev.sluice.doctor;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import dev.sluice.pool.Probe;

/**
 * A request in which some links differ from how they are configured, and no others.
 *
 * @param links the links that differ
 * @param probe the request
 */
record Change(Set<Link> links, Probe probe) {

	/** On which nothing listens, neither an adapter nor a Piston. */
	static final String NOWHERE = "/no-such-path";

	/** Where a Piston, and where the first adapters, take executions. */
	private static final List<String> PATHS = List.of("/api/v2/execute", "/python/execute");

	/**
	 * The changes of each link alone, a path that is surely wrong among them.
	 * @param configured the request as it is configured
	 * @param changeable the links that may differ
	 * @return the changes
	 */
	static List<Change> alone(Probe configured, Set<Link> changeable) {
		List<Change> changes = of(configured, 1, changeable);
		changes.add(new Change(Set.of(Link.PATH), configured.on("POST", NOWHERE, "")));
		return changes;
	}

	/**
	 * The changes that might mend a request, in so many links.
	 * @param configured the request as it is configured
	 * @param links how many links differ, from 1 to 3
	 * @param changeable the links that may differ
	 * @return the changes
	 */
	static List<Change> of(Probe configured, int links, Set<Link> changeable) {
		List<Change> changes = new ArrayList<>();
		for (int choice = 1; choice < 8; choice++) {
			Set<Link> chosen = chosen(choice);
			if (chosen.size() == links && changeable.containsAll(chosen)) {
				add(changes, configured, chosen);
			}
		}
		return changes;
	}

	private static Set<Link> chosen(int choice) {
		Set<Link> links = EnumSet.noneOf(Link.class);
		if ((choice & 1) != 0) {
			links.add(Link.IDENTIFIER);
		}
		if ((choice & 2) != 0) {
			links.add(Link.API_VERSION);
		}
		if ((choice & 4) != 0) {
			links.add(Link.PATH);
		}
		return links;
	}

	private static void add(List<Change> changes, Probe configured, Set<Link> links) {
		Probe named = links.contains(Link.IDENTIFIER) ? configured.withOtherIdentifier() : configured;
		Probe probe = links.contains(Link.API_VERSION) ? named.withOtherApiVersion() : named;
		if (!links.contains(Link.PATH)) {
			changes.add(new Change(links, probe));
			return;
		}
		for (String path : PATHS) {
			if (!path.equals(configured.path())) {
				changes.add(new Change(links, probe.on("POST", path, "")));
			}
		}
	}

	/** How one of its links differs. */
	String how(Link link) {
		return switch (link) {
			case IDENTIFIER -> this.probe.identifier() ? "with an identifier" : "without an identifier";
			case API_VERSION -> this.probe.apiVersion() ? "with an api-version" : "without an api-version";
			case PATH -> "on " + this.probe.path();
			default -> throw new IllegalArgumentException("The link " + link + " is never changed");
		};
	}

	/**
	 * What one of its links is to be set to.
	 * @param link the link
	 * @param asks whether the pool asks for an identifier in the words that {@code auto}
	 * knows
	 */
	String mend(Link link, boolean asks) {
		return switch (link) {
			case IDENTIFIER -> !this.probe.identifier() ? "identifier: none"
					: asks ? "identifier: auto or lease" : "identifier: lease";
			case API_VERSION ->
				this.probe.apiVersion() ? "api-version: 2024-02-02-preview" : "api-version: '' (nothing)";
			case PATH -> "path: " + this.probe.path();
			default -> throw new IllegalArgumentException("The link " + link + " is never changed");
		};
	}

}
