package dev.sluice.engine;

import java.util.List;

/**
 * One way to keep a program apart from the rest of the machine. It is a prefix of words
 * before the {@linkplain Launcher launcher's} command; where it leads, the working
 * directory is the program's folder, and only there and in its temporary folder can a
 * program write.
 */
interface Sandbox {

	/**
	 * The name in settings and in the start-up block.
	 * @return one word
	 */
	String name();

	/**
	 * What a program can do that it should not.
	 * @return clauses, each of which completes "a program …"; empty where all is enforced
	 */
	List<String> notEnforced();

	/**
	 * Whether programs of strangers may be let in: whether nothing is left open, or
	 * something else than this sandbox keeps what is.
	 * @return whether they may
	 */
	default boolean admitsStrangers() {
		return notEnforced().isEmpty();
	}

	/**
	 * The words to put before the launcher's. They copy what descriptor 5 shows into the
	 * program's folder, where the launcher is not to work in that one itself.
	 * @return a command, up to and without the launcher; empty where the launcher is
	 * enough
	 */
	default List<String> prefix() {
		return List.of();
	}

	/**
	 * Whether programs have namespaces of their own: the launcher is then process 1 of
	 * one, the child of the process that was started, and works in a copy of the
	 * program's folder. Else it is that process itself, and works in that folder.
	 * @return whether they have
	 */
	default boolean hasNamespaces() {
		return false;
	}

}
