package dev.sluice.engine;

import java.util.List;

/**
 * The names of Linux's signals on x86-64 and arm64.
 */
final class Signals {

	static final int KILL = 9;

	private static final List<String> NAMES = List.of("SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT",
			"SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM",
			"SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU",
			"SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS");

	private Signals() {
	}

	static String name(int number) {
		return (number >= 1 && number <= NAMES.size()) ? NAMES.get(number - 1) : "SIGRTMIN+" + (number - 34);
	}

}
