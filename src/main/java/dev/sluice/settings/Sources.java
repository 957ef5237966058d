package dev.sluice.settings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Where the settings that are in force come from.
 */
public final class Sources {

	/** What Spring Boot calls a file, or a folder of files with a value each. */
	private static final Pattern FILE = Pattern
		.compile("(?:Config resource '(?:file|URL) \\[(?:file:)?([^]]*)].*|Config tree '([^']*)')");

	/**
	 * How the variables of our settings begin, and of those of Spring Boot's that we use.
	 */
	private static final Pattern VARIABLES = Pattern.compile("(?:SLUICE|SERVER|MANAGEMENT|SPRING|LOGGING)_");

	private Sources() {
	}

	/**
	 * Lists them, the strongest first.
	 * @param environment what has the settings
	 * @return words without any value; none where all settings have their defaults
	 */
	public static List<String> of(ConfigurableEnvironment environment) {
		Set<String> sources = new LinkedHashSet<>();
		for (PropertySource<?> source : environment.getPropertySources()) {
			Matcher file = FILE.matcher(source.getName());
			if (source instanceof CommandLinePropertySource<?> line && line.getPropertyNames().length > 0) {
				sources.add("the command line");
			}
			else if (source instanceof SystemEnvironmentPropertySource variables && isUsed(variables)) {
				sources.add("the environment");
			}
			else if (file.matches()) {
				sources.add((file.group(1) != null) ? file.group(1) : file.group(2));
			}
		}
		return new ArrayList<>(sources);
	}

	private static boolean isUsed(SystemEnvironmentPropertySource variables) {
		return Arrays.stream(variables.getPropertyNames())
			.anyMatch((name) -> VARIABLES.matcher(name).lookingAt() && !ServiceVariables.contain(name, variables));
	}

}
