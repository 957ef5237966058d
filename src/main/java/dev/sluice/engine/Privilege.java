package dev.sluice.engine;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.sluice.engine.EngineProperties.SandboxKind;

/**
 * What this process may do to programs: whether each of them can have a user of its own.
 */
enum Privilege {

	/** Nothing: programs run as who we are. */
	NONE,

	/** Everything: we are root. */
	ROOT,

	/** We are not root, but may change user and group, and kill. */
	CHANGE_OF_USER;

	/** What it takes for the last, by the number of its bit. */
	private static final Map<String, Integer> CAPABILITIES = capabilities();

	private static final String SETPRIV = """
			Start the container as root, with these capabilities, and in it \
			setpriv --reuid=60000 --regid=60000 --clear-groups --no-new-privs --inh-caps=-all,+setuid,+setgid,+kill \
			--ambient-caps=-all,+setuid,+setgid,+kill --bounding-set=-all,+setuid,+setgid,+kill tini -- java …: \
			tini, as process 1, takes note of the end of what programs leave""";

	/**
	 * Looks at who we are.
	 * @param sandbox the sandbox that was asked for
	 * @return what we may do
	 * @throws EngineUnavailableException where that is too little, or too much, for the
	 * sandbox
	 */
	static Privilege held(SandboxKind sandbox) throws IOException {
		ProcessStatus we = ProcessStatus.read();
		boolean root = we.user() == 0;
		if (sandbox != SandboxKind.CONTAINER) {
			return root ? ROOT : NONE;
		}
		// Only what is ambient do the processes have that we start.
		long ambient = we.ambientCapabilities();
		List<String> missing = CAPABILITIES.entrySet()
			.stream()
			.filter((capability) -> (ambient >> capability.getValue() & 1) == 0)
			.map(Map.Entry::getKey)
			.toList();
		if (root || !missing.isEmpty()) {
			throw new EngineUnavailableException(
					"sluice.engine.sandbox is container, which takes another user than "
							+ "root with the ambient capabilities setuid, setgid and kill, and this is "
							+ (root ? "root" : "user " + we.user() + " without " + String.join(", ", missing)),
					SETPRIV);
		}
		return CHANGE_OF_USER;
	}

	/**
	 * Whether each program has a user of its own.
	 * @return whether it has
	 */
	boolean changesUser() {
		return this != NONE;
	}

	private static Map<String, Integer> capabilities() {
		Map<String, Integer> capabilities = new LinkedHashMap<>();
		capabilities.put("setuid", 7);
		capabilities.put("setgid", 6);
		capabilities.put("kill", 5);
		return capabilities;
	}

}
