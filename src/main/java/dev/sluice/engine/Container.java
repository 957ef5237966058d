package dev.sluice.engine;

import java.util.List;

/**
 * No sandbox but a user of its own for each program and the kernel's limits, for a
 * container that is itself the boundary, and holds nothing but us. Who sets it says so;
 * it is never found.
 */
final class Container implements Sandbox {

	@Override
	public String name() {
		return "container";
	}

	@Override
	public List<String> notEnforced() {
		return List.of("can read the files of this container that every user can",
				"can see other processes, and the words that they were started with",
				"can write to shared temporary folders without a bound, until it ends",
				"can meet programs that run at the same time, in these folders and by local sockets");
	}

	@Override
	public boolean admitsStrangers() {
		return true;
	}

}
