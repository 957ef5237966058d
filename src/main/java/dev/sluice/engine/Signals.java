package dev.sluice.engine;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The names of Linux's signals on x86-64 and arm64.
 */
final class Signals {

	static final int KILL = 9;

	private static final List<String> NAMES = List.of("SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT",
			"SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM",
			"SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU",
			"SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS");

	private static final Map<String, Integer> NUMBERS = numbers();

	private Signals() {
	}

	static String name(int number) {
		return (number >= 1 && number <= NAMES.size()) ? NAMES.get(number - 1) : "SIGRTMIN+" + (number - 34);
	}

	/**
	 * The names by which signals can be sent, which are node's.
	 * @return the names, also those that are a second one
	 */
	static Set<String> names() {
		return NUMBERS.keySet();
	}

	static int number(String name) {
		Integer number = NUMBERS.get(name);
		if (number == null) {
			throw new IllegalArgumentException("There is no signal " + name);
		}
		return number;
	}

	private static Map<String, Integer> numbers() {
		Map<String, Integer> numbers = new LinkedHashMap<>();
		NAMES.forEach((name) -> numbers.put(name, NAMES.indexOf(name) + 1));
		numbers.put("SIGIOT", NAMES.indexOf("SIGABRT") + 1);
		numbers.put("SIGPOLL", NAMES.indexOf("SIGIO") + 1);
		return Collections.unmodifiableMap(numbers);
	}

}
