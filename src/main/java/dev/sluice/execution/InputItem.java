package dev.sluice.execution;

import java.util.Set;

/**
 * Something that a running program is told.
 */
public sealed interface InputItem {

	/**
	 * Text for its standard input.
	 *
	 * @param text the text
	 */
	record Text(String text) implements InputItem {
	}

	/** The end of its standard input. */
	record EndOfFile() implements InputItem {
	}

	/**
	 * A signal.
	 *
	 * @param name its name, such as {@code SIGINT}
	 */
	record Signal(String name) implements InputItem {

		/** The names that Linux knows. */
		public static final Set<String> NAMES = Set.of("SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT",
				"SIGIOT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM",
				"SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG",
				"SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPOLL", "SIGPWR", "SIGSYS");

	}

}
