package dev.sluice.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * No sandbox but the kernel's limits, for machines that allow no namespaces.
 */
final class BareLimits implements Sandbox {

	private final boolean root;

	BareLimits(boolean root) {
		this.root = root;
	}

	@Override
	public String name() {
		return "rlimits";
	}

	@Override
	public List<String> notEnforced() {
		List<String> clauses = new ArrayList<>(List.of("can see other processes",
				"can write to shared temporary folders without a bound, and leave files there"));
		if (this.root) {
			clauses.add("can read the files of this machine that every user can");
		}
		else {
			clauses.add("can read and write the files of the user who started this");
			clauses.add("can signal that user's processes, and read their environment");
			clauses.add("counts that user's other processes among its own");
			clauses.add("may leave processes behind");
		}
		return clauses;
	}

}
