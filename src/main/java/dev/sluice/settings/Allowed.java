package dev.sluice.settings;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;

/**
 * What can be read as a type, in words.
 */
final class Allowed {

	private Allowed() {
	}

	/**
	 * What a setting can be.
	 * @param name its name
	 * @param given its type
	 * @return what must hold of it
	 */
	static String of(ConfigurationPropertyName name, Class<?> given) {
		Class<?> type = ClassUtils.resolvePrimitiveIfNecessary(given);
		if (type.isEnum()) {
			return Arrays.stream(type.getEnumConstants())
				.map((constant) -> constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
				.collect(Collectors.joining(", ", "must be one of ", ""));
		}
		if (type == Duration.class) {
			return "must be a time with its unit, such as 500ms, 30s or 5m";
		}
		if (type == DataSize.class) {
			return "must be a size with its unit, such as 512B, 64KB or 10MB";
		}
		if (type == URI.class) {
			return "must be an address, such as https://pool.example";
		}
		if (type == Path.class) {
			return "must be a path of a file or a folder";
		}
		if (type == Boolean.class) {
			return "must be true or false";
		}
		if (type == Integer.class || type == Long.class) {
			return "must be a whole number";
		}
		if (Map.class.isAssignableFrom(type)) {
			return "must be set one by one: set " + name + ".NAME to its value";
		}
		if (type.isRecord() || Collection.class.isAssignableFrom(type)) {
			return "must be set part by part; the README lists the parts";
		}
		return "must be " + (Number.class.isAssignableFrom(type) ? "a number"
				: "something else: this is no " + type.getSimpleName());
	}

}
