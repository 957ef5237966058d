package dev.sluice.k8s;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.ResolvableType;

/**
 * The settings that there are, Sluice's and Spring Boot's, by the names that they have in
 * the environment. They are those of the metadata, and of the records that its lists and
 * maps are of.
 */
final class Settings {

	private final Set<String> names = new HashSet<>();

	/** Those with a number, or a map's key, within. */
	private final List<Pattern> patterns = new ArrayList<>();

	private final Map<String, String> defaults = new HashMap<>();

	Settings() {
		try {
			for (URL url : Collections
				.list(Settings.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
				try (InputStream in = url.openStream()) {
					new JsonMapper().readTree(in).path("properties").forEach(this::add);
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	boolean has(String variable) {
		return this.names.contains(variable)
				|| this.patterns.stream().anyMatch((name) -> name.matcher(variable).matches());
	}

	/** What a setting of ours is where nobody sets it. */
	Duration usual(String name) {
		return DurationStyle.detectAndParse(this.defaults.get(name));
	}

	/** What an environment, or else the default, says. */
	Duration duration(Map<String, String> environment, String name) {
		String value = environment.get(variable(name));
		return (value != null) ? DurationStyle.detectAndParse(value) : usual(name);
	}

	private static String variable(String name) {
		return name.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
	}

	private void add(JsonNode property) {
		String name = property.path("name").asString();
		if (property.has("defaultValue")) {
			this.defaults.put(name, property.path("defaultValue").asString(""));
		}
		String type = property.path("type").asString("");
		// The type of an element or a value; of the others Spring Boot lists all.
		String element = type.substring(type.lastIndexOf(type.startsWith("java.util.Map<") ? ',' : '<') + 1)
			.replace(">", "");
		String prefix = variable(name);
		if (type.startsWith("java.util.Map<")) {
			add(prefix + "_\\w+?", element);
		}
		else {
			if (type.startsWith("java.util.")) {
				add(prefix + "_\\d+", element);
			}
			add(prefix, element);
		}
	}

	private void add(String pattern, String type) {
		if (type.startsWith("dev.sluice.")) {
			try {
				add(pattern, ResolvableType.forClass(Class.forName(type)));
			}
			catch (ClassNotFoundException ex) {
				throw new IllegalStateException(ex);
			}
		}
		else {
			addName(pattern);
		}
	}

	private void add(String pattern, ResolvableType type) {
		Class<?> plain = type.resolve(Object.class);
		if (Map.class.isAssignableFrom(plain)) {
			add(pattern + "_\\w+?", type.asMap().getGeneric(1));
		}
		else if (Iterable.class.isAssignableFrom(plain) && type.hasGenerics()) {
			add(pattern + "_\\d+", type.getGeneric(0));
			addName(pattern);
		}
		else if (plain.isRecord()) {
			for (RecordComponent component : plain.getRecordComponents()) {
				add(pattern + "_" + component.getName().toUpperCase(Locale.ROOT),
						ResolvableType.forType(component.getGenericType()));
			}
		}
		else {
			addName(pattern);
		}
	}

	private void addName(String pattern) {
		if (pattern.indexOf('\\') < 0) {
			this.names.add(pattern);
		}
		else {
			this.patterns.add(Pattern.compile(pattern));
		}
	}

}
