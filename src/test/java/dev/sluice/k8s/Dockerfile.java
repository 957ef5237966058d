package dev.sluice.k8s;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import tools.jackson.databind.json.JsonMapper;

/**
 * What the images are started with, by the stages that they are built from. It is read as
 * text, as far as ours goes.
 */
final class Dockerfile {

	private static final Pattern FROM = Pattern.compile("FROM (\\S+) AS (\\S+)");

	private static final Pattern VARIABLE = Pattern.compile("(\\w+)=(\\S+)");

	/**
	 * The instructions of each stage, those of the stage that it begins from before its
	 * own.
	 */
	private final Map<String, List<String>> stages = new LinkedHashMap<>();

	Dockerfile() {
		List<String> stage = new ArrayList<>();
		for (String line : Cluster.text(Path.of("Dockerfile"))
			.replaceAll("(?m)^\\s*#.*\\n", "")
			.replaceAll("\\\\\\n\\s*", "")
			.lines()
			.toList()) {
			Matcher from = FROM.matcher(line);
			if (from.matches()) {
				stage = new ArrayList<>(this.stages.getOrDefault(from.group(1), List.of()));
				this.stages.put(from.group(2), stage);
			}
			else {
				stage.add(line);
			}
		}
	}

	/** The stage that is built where none is named. */
	String last() {
		return List.copyOf(this.stages.keySet()).getLast();
	}

	String user(String stage) {
		return instructions(stage, "USER").toList().getLast();
	}

	List<Integer> ports(String stage) {
		return instructions(stage, "EXPOSE").flatMap((ports) -> Stream.of(ports.split(" ")))
			.map(Integer::valueOf)
			.toList();
	}

	Map<String, String> environment(String stage) {
		Map<String, String> environment = new TreeMap<>();
		instructions(stage, "ENV").forEach((line) -> VARIABLE.matcher(line)
			.results()
			.forEach((one) -> environment.put(one.group(1), one.group(2))));
		return environment;
	}

	List<String> entry(String stage) {
		return List
			.of(new JsonMapper().readValue(instructions(stage, "ENTRYPOINT").toList().getLast(), String[].class));
	}

	private Stream<String> instructions(String stage, String name) {
		if (!this.stages.containsKey(stage)) {
			throw new IllegalArgumentException("There is no stage " + stage);
		}
		return this.stages.get(stage)
			.stream()
			.filter((line) -> line.startsWith(name + " "))
			.map((line) -> line.substring(name.length() + 1));
	}

}
