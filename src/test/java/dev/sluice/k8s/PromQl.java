package dev.sluice.k8s;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The metrics of an expression, and the labels that it picks them by. It reads what our
 * alerts and panels are written in, and no more.
 */
final class PromQl {

	private static final Pattern METRIC = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{([^}]*)})?");

	private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"([^\"]*)\"");

	private static final Pattern GROUPING = Pattern
		.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");

	private static final Pattern LABEL = Pattern.compile("\\w+");

	private static final Pattern RANGE = Pattern.compile("\\[[^]]*]");

	private static final Pattern FUNCTION = Pattern.compile("\\b[a-z_]+(?=\\s*\\()");

	private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"");

	private static final String OPENING = "([{";

	private static final String CLOSING = ")]}";

	private PromQl() {
	}

	/**
	 * By each metric's name the values by which it is picked, by their labels.
	 * @throws IllegalArgumentException where a bracket or a quote is not closed, or not
	 * open
	 */
	static Map<String, Map<String, Set<String>>> metrics(String expression) {
		checkBrackets(expression);
		String rest = expression;
		for (Pattern noise : new Pattern[] { GROUPING, RANGE, FUNCTION }) {
			rest = noise.matcher(rest).replaceAll(" ");
		}
		Map<String, Map<String, Set<String>>> metrics = new TreeMap<>();
		Matcher metric = METRIC.matcher(rest);
		while (metric.find()) {
			Map<String, Set<String>> labels = metrics.computeIfAbsent(metric.group(1), (name) -> new HashMap<>());
			Matcher matcher = MATCHER.matcher((metric.group(2) != null) ? metric.group(2) : "");
			while (matcher.find()) {
				labels.computeIfAbsent(matcher.group(1), (label) -> new TreeSet<>())
					.addAll(List.of(matcher.group(2).split("\\|")));
			}
		}
		return metrics;
	}

	private static void checkBrackets(String expression) {
		Deque<Character> open = new ArrayDeque<>();
		for (char one : QUOTED.matcher(expression).replaceAll("").toCharArray()) {
			int opens = OPENING.indexOf(one);
			if (opens >= 0) {
				open.push(CLOSING.charAt(opens));
			}
			else if (one == '"' || CLOSING.indexOf(one) >= 0 && (open.isEmpty() || open.pop() != one)) {
				throw new IllegalArgumentException("A " + one + " is one too many: " + expression);
			}
		}
		if (!open.isEmpty()) {
			throw new IllegalArgumentException("A " + open.peek() + " is missing: " + expression);
		}
	}

	/** The labels by which it groups. */
	static Set<String> grouping(String expression) {
		Set<String> labels = new TreeSet<>();
		Matcher grouping = GROUPING.matcher(expression);
		while (grouping.find()) {
			LABEL.matcher(grouping.group(1)).results().map(MatchResult::group).forEach(labels::add);
		}
		return labels;
	}

}
