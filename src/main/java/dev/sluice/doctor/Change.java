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
	 * All changes of a request, the smallest first.
	 * @param configured the request as it is configured
	 * @return the changes
	 */
	static List<Change> of(Probe configured) {
		List<Change> changes = new ArrayList<>();
		for (int size = 1; size <= 3; size++) {
			for (int choice = 1; choice < 8; choice++) {
				if (Integer.bitCount(choice) == size) {
					add(changes, configured, choice);
				}
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

	/** What the links that differ are to be set to. */
	String mend(Link link) {
		return switch (link) {
			case IDENTIFIER ->
				this.probe.identifier() ? "with an identifier it works: set the pool's identifier to auto or lease"
						: "without an identifier it works: set the pool's identifier to none";
			case API_VERSION -> this.probe.apiVersion() ? "with an api-version it works: set the pool's api-version"
					: "without an api-version it works: set the pool's api-version to nothing";
			case PATH -> "on " + this.probe.path() + " it works: set the pool's path to it";
			default -> throw new IllegalArgumentException("The link " + link + " is never changed");
		};
	}

}
