package dev.sluice.settings;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.SystemEnvironmentOrigin;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.io.Resource;

/**
 * Where something was set.
 */
final class Place {

	private Place() {
	}

	/**
	 * Where a property was set.
	 * @param property the property; null where it was not
	 * @return words in brackets, behind a space; nothing where that is the command line,
	 * or not known
	 */
	static String of(@Nullable ConfigurationProperty property) {
		Origin origin = (property != null) ? property.getOrigin() : null;
		if (origin instanceof PropertySourceOrigin wrapped && wrapped.getOrigin() != null) {
			origin = wrapped.getOrigin();
		}
		return switch (origin) {
			case TextResourceOrigin text when text.getResource() != null ->
				" (" + file(text.getResource()) + line(text) + ")";
			case SystemEnvironmentOrigin variable -> " (" + variable.getProperty() + ")";
			case null, default -> "";
		};
	}

	/**
	 * What a file is called.
	 * @param resource the file
	 * @return its path, where it has one
	 */
	static String file(Resource resource) {
		return resource.getDescription().replaceFirst("^(?:file|URL) \\[(?:file:)?(.*)]$", "$1");
	}

	private static String line(TextResourceOrigin origin) {
		TextResourceOrigin.Location location = origin.getLocation();
		return (location != null) ? ", line " + (location.getLine() + 1) : "";
	}

}
