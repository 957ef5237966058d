package dev.sluice.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who this process is, by number: in a container a user may have no name.
 */
final class ProcessStatus {

	private final List<String> lines;

	private ProcessStatus(List<String> lines) {
		this.lines = lines;
	}

	static ProcessStatus read() throws IOException {
		return new ProcessStatus(Files.readAllLines(Path.of("/proc/self/status")));
	}

	/**
	 * The real user.
	 * @return its id
	 */
	int user() {
		return Integer.parseInt(words("Uid:").findFirst().orElseThrow());
	}

	/**
	 * The capabilities that the processes have that we start, where we are not root.
	 * @return a bit for each
	 */
	long ambientCapabilities() {
		return Long.parseLong(words("CapAmb:").findFirst().orElse("0"), 16);
	}

	/**
	 * All users and groups that this process is, or may become again.
	 * @return their ids
	 */
	Set<Integer> ids() {
		return Stream.of("Uid:", "Gid:", "Groups:")
			.flatMap(this::words)
			.map(Integer::parseInt)
			.collect(Collectors.toSet());
	}

	private Stream<String> words(String name) {
		return this.lines.stream()
			.filter((line) -> line.startsWith(name))
			.flatMap((line) -> Stream.of(line.substring(name.length()).strip().split("\\s+")))
			.filter((word) -> !word.isEmpty());
	}

}
