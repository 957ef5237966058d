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

	/** Where a Piston, and where the first adapters, take executions. */
	private static final List<String> PATHS = List.of("/api/v2/execute", "/python/execute");

	/**
	 * The changes of a request in so many links.
	 * @param configured the request as it is configured
	 * @param links how many links differ, from 1 to 3
	 * @return the changes
	 */
	static List<Change> of(Probe configured, int links) {
		List<Change> changes = new ArrayList<>();
		for (int choice = 1; choice < 8; choice++) {
			if (Integer.bitCount(choice) == links) {
				add(changes, configured, choice);
			}
		}
		return changes;
	}

	private static void add(List<Change> changes, Probe configured, int choice) {
		Set<Link> links = EnumSet.noneOf(Link.class);
		Probe probe = configured;
		if ((choice & 1) != 0) {
			links.add(Link.IDENTIFIER);
			probe = probe.withOtherIdentifier();
		}
		if ((choice & 2) != 0) {
			links.add(Link.API_VERSION);
			probe = probe.withOtherApiVersion();
		}
		if ((choice & 4) == 0) {
			changes.add(new Change(links, probe));
			return;
		}
		links.add(Link.PATH);
		for (String path : PATHS) {
			if (!path.equals(configured.path())) {
				changes.add(new Change(links, probe.on("POST", path, configured.body())));
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

	/** What one of its links is to be set to. */
	String mend(Link link) {
		return switch (link) {
			case IDENTIFIER -> this.probe.identifier() ? "identifier: auto or lease" : "identifier: none";
			case API_VERSION ->
				this.probe.apiVersion() ? "api-version: 2024-02-02-preview" : "api-version: '' (nothing)";
			case PATH -> "path: " + this.probe.path();
			default -> throw new IllegalArgumentException("The link " + link + " is never changed");
		};
	}

}
