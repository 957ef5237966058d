package dev.sluice.settings;

import java.io.IOException;
import java.util.List;

import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

import org.springframework.boot.env.PropertySourceLoader;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.Resource;

/**
 * Reads files of settings as Spring Boot does, and says of one that is no YAML which it
 * is. In {@code spring.factories} it stands behind Spring Boot's reader of properties, as
 * its own reader of YAML does: of two files beside each other that one's is the stronger.
 */
final class YamlFiles implements PropertySourceLoader {

	private final PropertySourceLoader loader = new YamlPropertySourceLoader();

	@Override
	public String[] getFileExtensions() {
		return this.loader.getFileExtensions();
	}

	@Override
	public List<PropertySource<?>> load(String name, Resource resource) throws IOException {
		try {
			return this.loader.load(name, resource);
		}
		catch (MarkedYAMLException ex) {
			throw wrong(resource,
					" is no YAML at line " + (ex.getProblemMark().getLine() + 1) + ", or names a setting twice");
		}
		catch (YAMLException ex) {
			throw wrong(resource, " is no YAML");
		}
	}

	/** What the file has is not told: it may be a secret. */
	private static WrongSettingsException wrong(Resource resource, String what) {
		return new WrongSettingsException(List.of(Place.file(resource) + what));
	}

}
