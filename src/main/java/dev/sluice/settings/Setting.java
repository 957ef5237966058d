package dev.sluice.settings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A setting that there is. In its name {@code [n]} stands for any place in a list, and
 * {@code *} for any key, which at the name's end may have several parts.
 *
 * @param name the name, such as {@code sluice.pools[n].endpoint}
 */
record Setting(String name) {

	/** Any place in a list. */
	static final String PLACE = "[n]";

	/** Any key. */
	static final String KEY = "*";

	private static final Pattern NUMBER = Pattern.compile("(?<=_)\\d+(?=_|$)");

	boolean isOurs() {
		return this.name.startsWith(Settings.ROOT + ".");
	}

	/**
	 * Whether a name is this setting's.
	 * @param parts its parts, without hyphens, and {@link #PLACE} for each number in
	 * brackets
	 * @return whether it is
	 */
	boolean is(List<String> parts) {
		List<String> own = parts();
		if (own.getLast().equals(KEY) ? parts.size() < own.size() : parts.size() != own.size()) {
			return false;
		}
		for (int i = 0; i < own.size(); i++) {
			if (!own.get(i).equals(KEY) && !own.get(i).replace("-", "").equals(parts.get(i))) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Whether a variable of the environment is this setting's. Spring Boot takes one
	 * whose hyphens are left out, and one where all of them are underscores.
	 * @param variable the variable
	 * @return whether it is
	 */
	boolean isVariable(String variable) {
		String numberless = NUMBER.matcher(variable).replaceAll("N");
		return isLike(variable(""), numberless) || isLike(variable("_"), numberless);
	}

	/**
	 * How far a name is from this setting's.
	 * @param parts its parts, as for {@link #is}
	 * @return how many characters to change
	 */
	int distance(List<String> parts) {
		return Distance.between(String.join(".", filled(parts)).replace("-", ""), String.join(".", parts));
	}

	/**
	 * How far a variable of the environment is from this setting's.
	 * @param variable the variable
	 * @return how many characters to change
	 */
	int distance(String variable) {
		String numberless = NUMBER.matcher(variable).replaceAll("N");
		return Math.min(Distance.between(variable(""), numberless), Distance.between(variable("_"), numberless));
	}

	/**
	 * This setting in the place of another name, with its numbers and keys.
	 * @param name the name's parts, as it has them
	 * @return the name that it should have been
	 */
	String inPlaceOf(List<String> name) {
		StringBuilder text = new StringBuilder();
		for (String part : filled(name)) {
			text.append(part.startsWith("[") || text.isEmpty() ? "" : ".").append(part);
		}
		return text.toString();
	}

	/**
	 * This setting's variable in the place of another one, with its numbers.
	 * @param variable the variable
	 * @return the variable that it should have been
	 */
	String inPlaceOf(String variable) {
		Iterator<String> numbers = NUMBER.matcher(variable).results().map((number) -> number.group()).iterator();
		List<String> parts = new ArrayList<>();
		for (String part : variable("").split("_", -1)) {
			parts.add((part.equals("N") && numbers.hasNext()) ? numbers.next() : part);
		}
		return String.join("_", parts);
	}

	private List<String> parts() {
		return Arrays.asList(this.name.replace(PLACE, "." + PLACE).split("\\.", -1));
	}

	private String variable(String hyphen) {
		return this.name.replace(PLACE, ".N").replace("-", hyphen).replace('.', '_').toUpperCase(Locale.ROOT);
	}

	/** Its parts, and where it leaves something open those of a name. */
	private List<String> filled(List<String> name) {
		List<String> filled = new ArrayList<>(parts());
		for (int i = 0; i < Math.min(filled.size(), name.size()); i++) {
			boolean open = filled.get(i).equals(KEY) || filled.get(i).equals(PLACE) && name.get(i).startsWith("[");
			filled.set(i, open ? name.get(i) : filled.get(i));
		}
		return filled;
	}

	private static boolean isLike(String form, String variable) {
		int key = form.indexOf(KEY);
		if (key < 0) {
			return form.equals(variable);
		}
		String end = form.substring(key + 1);
		return variable.length() > form.length() - 1 && variable.startsWith(form.substring(0, key))
				&& variable.endsWith(end);
	}

}
