package dev.sluice.settings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Outcome;
import dev.sluice.piston.PistonFailure;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the README says of settings and failures is what there is.
 */
class ReadmeTests {

	private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

	/** The head of a table of settings, with what their names begin with. */
	private static final Pattern HEAD = Pattern.compile("\\| `(sluice[^`]*)` \\| default \\| \\|");

	/** A failure, its status, whether its program ran, and what to do. */
	private static final Pattern FAILURE = Pattern.compile("\\| `([a-z-]+)` \\| (\\d{3}) \\| ([^|]+) \\| .+ \\|");

	private static final List<String> LINES = lines();

	/** The settings of the README, and what it says that holds without them. */
	private static final Map<String, String> SETTINGS = settings();

	private static final Map<String, Metadata> METADATA = Metadata.all()
		.stream()
		.collect(Collectors.toMap(Metadata::name, Function.identity()));

	@Test
	void eachSettingIsInTheReadme() {
		assertThat(METADATA.keySet()).isNotEmpty().allMatch(ReadmeTests::isCovered);
	}

	@Test
	void eachSettingOfTheReadmeIsThere() {
		assertThat(SETTINGS.keySet()).isNotEmpty().allMatch((name) -> METADATA.containsKey(name) || isFamily(name));
	}

	@Test
	void eachDefaultOfTheReadmeIsTheSettings() {
		assertThat(SETTINGS).allSatisfy((name, told) -> {
			Metadata setting = METADATA.get(name);
			String value = (setting != null) ? setting.defaultValue() : null;
			if (value != null) {
				assertThat(told).as("The default of %s", name).isEqualTo("`" + value + "`");
			}
			else {
				assertThat(told).as("What holds without %s", name).isNotEmpty().doesNotStartWith("`");
			}
		});
	}

	@Test
	void eachFailureIsInTheReadmeWithItsStatus() {
		Map<String, String> told = LINES.stream()
			.flatMap((line) -> FAILURE.matcher(line).results())
			.collect(Collectors.toMap((row) -> row.group(1), (row) -> row.group(2)));
		assertThat(told).isEqualTo(Arrays.stream(FailureCode.values())
			.collect(Collectors.toMap(FailureCode::text, (code) -> String.valueOf(PistonFailure.status(code)))));
	}

	@Test
	void eachFailureSaysInTheWordsOfAnswersWhetherItsProgramRan() {
		List<String> words = Arrays.stream(Executed.values())
			.map((executed) -> executed.name().toLowerCase(Locale.ROOT))
			.toList();
		List<MatchResult> rows = LINES.stream().flatMap((line) -> FAILURE.matcher(line).results()).toList();
		assertThat(rows).isNotEmpty().allSatisfy((row) -> {
			List<String> told = QUOTED.matcher(row.group(3)).results().map((word) -> word.group(1)).toList();
			assertThat(told).as(row.group()).isNotEmpty().isSubsetOf(words);
			if (row.group(2).startsWith("4")) {
				assertThat(told).as(row.group()).containsExactly("no");
			}
			if (isRefusal(FailureCode.valueOf(row.group(1).toUpperCase(Locale.ROOT).replace('-', '_')))) {
				assertThat(told).as(row.group()).contains("no");
			}
		});
	}

	@Test
	void whatAnEndTakesIsItsPartsTogetherAndLessThanWhatAContainerIsGiven() {
		String text = String.join(" ", LINES);
		Matcher sum = Pattern.compile("(\\d+) \\+ (\\d+) \\+ (\\d+) \\+ (\\d+) \\+ (\\d+) = (\\d+) s").matcher(text);
		Matcher given = Pattern.compile("docker stop -t (\\d+)").matcher(text);
		assertThat(sum.find()).isTrue();
		assertThat(given.find()).isTrue();
		assertThat(List.of(sum.group(1) + "s", sum.group(2) + "s"))
			.isEqualTo(Stream.of("sluice.drain.delay", "sluice.drain.grace")
				.map((name) -> String.valueOf(METADATA.get(name).defaultValue()))
				.toList());
		int all = Integer.parseInt(sum.group(6));
		assertThat(IntStream.rangeClosed(1, 5).map((part) -> Integer.parseInt(sum.group(part))).sum()).isEqualTo(all);
		assertThat(Integer.parseInt(given.group(1))).isGreaterThan(all);
	}

	private static boolean isRefusal(FailureCode code) {
		return Outcome.of(ExecutionFailure.refused(code, "")) == Outcome.REFUSED;
	}

	/** A row may stand for all that is below a name. */
	private static boolean isCovered(String name) {
		return SETTINGS.containsKey(name)
				|| SETTINGS.keySet().stream().anyMatch((told) -> told.endsWith(".*") && (name + ".*").startsWith(told));
	}

	private static boolean isFamily(String told) {
		return told.endsWith(".*") && METADATA.keySet().stream().anyMatch((name) -> (name + ".*").startsWith(told));
	}

	private static Map<String, String> settings() {
		Map<String, String> settings = new LinkedHashMap<>();
		String prefix = null;
		for (String line : LINES) {
			prefix = prefix(line, prefix);
			if (prefix != null && line.startsWith("| `") && !HEAD.matcher(line).matches()) {
				add(prefix, line, settings);
			}
		}
		return settings;
	}

	private static @Nullable String prefix(String line, @Nullable String before) {
		Matcher head = HEAD.matcher(line);
		if (head.matches()) {
			return head.group(1);
		}
		return line.startsWith("|") ? before : null;
	}

	/**
	 * A row may have several names; one that begins with a dot is a neighbour of the one
	 * before.
	 */
	private static void add(String prefix, String row, Map<String, String> settings) {
		String[] cells = row.split(" \\| ", -1);
		List<String> names = QUOTED.matcher(cells[0]).results().map((name) -> name.group(1)).toList();
		List<String> defaults = (names.size() > 1) ? List.of(cells[1].split(cells[1].contains("; ") ? "; " : ", ", -1))
				: List.of(cells[1]);
		assertThat(defaults).as(row).hasSameSizeAs(names);
		String last = "";
		for (int i = 0; i < names.size(); i++) {
			String name = names.get(i);
			last = name.startsWith(".") ? last.substring(0, last.lastIndexOf('.')) + name : prefix + "." + name;
			assertThat(settings.put(last, defaults.get(i))).as("%s is told twice", last).isNull();
		}
	}

	private static List<String> lines() {
		try {
			return Files.readAllLines(Path.of("README.md"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
