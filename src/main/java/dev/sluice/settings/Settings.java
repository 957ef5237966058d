package dev.sluice.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * The settings of all processes, as the compiler wrote them down for those who edit them
 * (Spring's configuration metadata). They are read where somebody set something, in a few
 * milliseconds.
 */
final class Settings {

	/** What all of their names begin with. */
	static final String ROOT = "sluice";

	private static final String METADATA = "META-INF/spring-configuration-metadata.json";

	private static final String OF_TYPES = "/META-INF/spring/configuration-metadata/";

	/** A name that is further from all settings is a misspelt one of none. */
	private static final int NEAR = 4;

	private final List<Setting> all;

	private Settings(List<Setting> all) {
		this.all = List.copyOf(all);
	}

	/**
	 * Reads them.
	 * @return the settings; none where the metadata is not there
	 */
	static Settings read() {
		try {
			List<Setting> all = new ArrayList<>();
			// Other libraries have such a file, too; ours comes first, and the rest is
			// not
			// looked for.
			Enumeration<URL> files = Settings.class.getClassLoader().getResources(METADATA);
			while (files.hasMoreElements() && all.stream().noneMatch(Setting::isOurs)) {
				all.clear();
				add(files.nextElement(), "", all);
			}
			return new Settings(all);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	List<Setting> all() {
		return this.all;
	}

	boolean knows(ConfigurationPropertyName name) {
		List<String> parts = parts(name, Form.UNIFORM);
		return this.all.isEmpty() || this.all.stream().anyMatch((setting) -> setting.is(parts));
	}

	boolean knowsVariable(String variable) {
		return this.all.isEmpty() || this.all.stream().anyMatch((setting) -> setting.isVariable(variable));
	}

	/** The name that was meant, as it seems. */
	Optional<String> nearest(ConfigurationPropertyName name) {
		List<String> uniform = parts(name, Form.UNIFORM);
		List<String> parts = parts(name, Form.ORIGINAL);
		for (int i = 0; i < parts.size(); i++) {
			parts.set(i, name.chop(i + 1).isLastElementIndexed() ? "[" + parts.get(i) + "]" : parts.get(i));
		}
		return this.all.stream()
			.filter((setting) -> setting.distance(uniform) <= NEAR)
			.min(Comparator.comparingInt((setting) -> setting.distance(uniform)))
			.map((setting) -> setting.inPlaceOf(parts));
	}

	/** The variable that was meant, as it seems. */
	Optional<String> nearestVariable(String variable) {
		return this.all.stream()
			.filter((setting) -> setting.distance(variable) <= NEAR)
			.min(Comparator.comparingInt((setting) -> setting.distance(variable)))
			.map((setting) -> setting.inPlaceOf(variable));
	}

	private static List<String> parts(ConfigurationPropertyName name, Form form) {
		List<String> parts = new ArrayList<>();
		for (int i = 0; i < name.getNumberOfElements(); i++) {
			boolean place = form == Form.UNIFORM && name.isNumericIndex(i);
			parts.add(place ? Setting.PLACE : name.getElement(i, form));
		}
		return parts;
	}

	private static void add(URL file, String prefix, List<Setting> all) throws IOException {
		try (InputStream bytes = file.openStream();
				JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), bytes)) {
			JsonToken token = json.nextToken();
			while (token != null && !"properties".equals(json.currentName())) {
				json.nextToken();
				json.skipChildren();
				token = json.nextToken();
			}
			String name = "";
			while (json.nextToken() != null && json.currentToken() != JsonToken.END_ARRAY) {
				if (json.currentToken() == JsonToken.VALUE_STRING && "name".equals(json.currentName())) {
					name = json.getString();
				}
				else if (json.currentToken() == JsonToken.VALUE_STRING && "type".equals(json.currentName())) {
					add(prefix + name, json.getString(), all);
				}
			}
		}
	}

	private static void add(String name, String type, List<Setting> all) throws IOException {
		boolean map = type.startsWith("java.util.Map<");
		boolean list = type.startsWith("java.util.List<") || type.startsWith("java.util.Set<");
		if (!map && !list) {
			all.add(new Setting(name));
			return;
		}
		String one = name + (map ? "." + Setting.KEY : Setting.PLACE);
		URL file = Settings.class.getResource(OF_TYPES + element(type) + ".json");
		if (file != null) {
			add(file, one + ".", all);
			return;
		}
		all.add(new Setting(one));
		all.add(new Setting(name));
	}

	/** What a list or a map holds. */
	private static String element(String type) {
		int comma = type.indexOf(',');
		return type.substring(((comma >= 0) ? comma : type.indexOf('<')) + 1, type.length() - 1);
	}

}
