package dev.sluice.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A setting as the compiler has described it for editors.
 *
 * @param name its name, with {@code [n]} for places in lists and {@code *} for keys
 * @param type the name of its type
 * @param description what it is
 * @param defaultValue what holds without it; null where the description says that
 */
public record Metadata(String name, String type, String description, @Nullable String defaultValue) {

	private static final Pattern ELEMENT = Pattern.compile("java\\.util\\.(List|Set|Map)<(?:[^,]*,)?(.*)>");

	/**
	 * All settings of Sluice, without those that only hold others.
	 */
	public static List<Metadata> all() {
		return read("/META-INF/spring-configuration-metadata.json")
			.filter((setting) -> setting.name().startsWith("sluice."))
			.flatMap(Metadata::withParts)
			.toList();
	}

	boolean isTime() {
		return this.type.equals("java.time.Duration");
	}

	boolean isSize() {
		return this.type.equals("org.springframework.util.unit.DataSize");
	}

	/** Where it holds others these, and else itself. */
	private Stream<Metadata> withParts() {
		Matcher element = ELEMENT.matcher(this.type);
		if (!element.matches()) {
			return Stream.of(this);
		}
		String file = "/META-INF/spring/configuration-metadata/" + element.group(2) + ".json";
		if (Metadata.class.getResource(file) == null) {
			return Stream.of(this);
		}
		String prefix = this.name + (element.group(1).equals("Map") ? ".*." : "[n].");
		return read(file)
			.map((part) -> new Metadata(prefix + part.name, part.type, part.description, part.defaultValue));
	}

	private static Stream<Metadata> read(String file) {
		try (InputStream bytes = Objects.requireNonNull(Metadata.class.getResourceAsStream(file))) {
			return JsonMapper.shared().readTree(bytes).get("properties").values().stream().map(Metadata::of);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Metadata of(JsonNode property) {
		return new Metadata(property.path("name").asString(), property.path("type").asString(),
				property.path("description").asString(""),
				property.has("defaultValue") ? property.get("defaultValue").asString() : null);
	}

}
