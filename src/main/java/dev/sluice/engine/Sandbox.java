package dev.sluice.engine;

import java.nio.file.Path;
import java.util.List;

import dev.sluice.execution.Stage;

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
	 * The words to put before the launcher's.
	 * @param folder the program's folder on this machine
	 * @param stage a compilation writes into that folder, a run into a copy of it
	 * @return a command, up to and without the launcher
	 */
	List<String> prefix(Path folder, Stage stage);

	/**
	 * Where in the tree of processes the launcher is found, seen from the process that
	 * was started.
	 * @return whether it is that process's child, or else that process itself
	 */
	boolean launcherIsChild();

}
