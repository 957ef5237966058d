package dev.sluice.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The strongest sandbox that works on this machine, and why the stronger ones do not.
 *
 * @param launcher starts programs in it
 * @param passedOver a clause for each stronger sandbox that was tried
 */
record SandboxChoice(Launcher launcher, List<String> passedOver) {

	/**
	 * Tries the sandboxes, strongest first, each with a program of its own.
	 * @param properties the engine's settings
	 * @param folder where to keep files
	 * @param uids the users to run programs as
	 * @param privilege what we may do
	 * @return the first that works
	 * @throws EngineUnavailableException where none does
	 */
	static SandboxChoice make(EngineProperties properties, Path folder, Uids uids, Privilege privilege)
			throws IOException, InterruptedException {
		List<String> passedOver = new ArrayList<>();
		for (Sandbox sandbox : candidates(properties, privilege.changesUser())) {
			Launcher launcher = new Launcher(sandbox, properties);
			Probe.Result result = new Probe(launcher, folder, uids).run(List.of("sh", "-c", "echo works"));
			if (result.worked() && result.stdout().equals("works\n")) {
				return new SandboxChoice(launcher, passedOver);
			}
			passedOver.add(sandbox.name() + " does not work here (" + firstLine(result.stderr()) + ")");
		}
		throw new EngineUnavailableException("No sandbox works on this machine: " + String.join(", ", passedOver)
				+ ". Programs need perl and util-linux's setpriv, and best bubblewrap");
	}

	private static List<Sandbox> candidates(EngineProperties properties, boolean root) {
		long scratch = properties.scratch().toBytes();
		Sandbox bubblewrap = new Bubblewrap(scratch, properties.visible());
		Sandbox namespaces = new Namespaces(scratch, root);
		Sandbox bare = new BareLimits(root);
		return switch (properties.sandbox()) {
			case AUTO -> List.of(bubblewrap, namespaces, bare);
			case BUBBLEWRAP -> List.of(bubblewrap);
			case NAMESPACES -> List.of(namespaces);
			case RLIMITS -> List.of(bare);
			case CONTAINER -> List.of(new Container());
		};
	}

	private static String firstLine(String text) {
		String first = text.lines().findFirst().orElse("it said nothing");
		return (first.length() > 200) ? first.substring(0, 200) : first;
	}

}
