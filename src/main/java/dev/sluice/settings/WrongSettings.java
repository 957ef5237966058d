package dev.sluice.settings;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.MarkedYAMLException;

import org.springframework.boot.context.config.ConfigDataNotFoundException;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.bind.validation.ValidationErrors;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/**
 * What is wrong with the settings of a process that did not start: a sentence for each,
 * with the setting's name, its value and what is allowed.
 */
public final class WrongSettings {

	/** What must not be told, by the end of its name. */
	private static final Set<String> SECRETS = Set.of("token", "hash", "stickysecret");

	/** All that is below may be a secret. */
	private static final String HEADERS = "headers";

	/**
	 * How Spring Boot begins what it says of a value that is not read, and ends with its
	 * type.
	 */
	private static final String UNREAD = "Failed to convert to type ";

	private final Settings settings = Settings.read();

	private WrongSettings() {
	}

	/**
	 * Explains a failed start.
	 * @param failure what it failed with
	 * @return sentences; none where it did not fail by a setting
	 */
	public static List<String> sentences(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			List<String> sentences = switch (cause) {
				case WrongSettingsException wrong -> wrong.sentences();
				case BindValidationException invalid -> new WrongSettings().invalid(invalid.getValidationErrors());
				case UnboundConfigurationPropertiesException unbound -> new WrongSettings().unbound(unbound);
				case BindException unread when isLast(unread) -> List.of(unread(unread));
				case InvalidConfigurationPropertyValueException refused -> List.of(refused.getName() + " is '"
						+ refused.getValue() + "', but " + rule(String.valueOf(refused.getReason())));
				case ConfigDataNotFoundException missing -> List.of("spring.config.import: " + missing.getMessage());
				case MarkedYAMLException yaml -> List.of("line " + (yaml.getProblemMark().getLine() + 1)
						+ " of a file of settings is no YAML, or names a setting twice");
				default -> List.of();
			};
			if (!sentences.isEmpty()) {
				return sentences;
			}
		}
		return List.of();
	}

	/** What another one caused is told by that. */
	private static boolean isLast(BindException failure) {
		for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
			if (cause instanceof BindException || cause instanceof BindValidationException
					|| cause instanceof UnboundConfigurationPropertiesException) {
				return false;
			}
		}
		return true;
	}

	private List<String> unbound(UnboundConfigurationPropertiesException failure) {
		return failure.getUnboundProperties().stream().map(this::unbound).toList();
	}

	/** What is empty is not read, either. */
	private String unbound(ConfigurationProperty property) {
		ConfigurationPropertyName name = property.getName();
		return (this.settings.knows(name) ? name + " is empty, but must have a value"
				: UnknownSettings.sentence(name.toString(), this.settings.nearest(name))) + Place.of(property);
	}

	private List<String> invalid(ValidationErrors errors) {
		Set<String> sentences = new LinkedHashSet<>();
		for (ObjectError error : errors) {
			String field = (error instanceof FieldError one) ? "." + one.getField() : "";
			ConfigurationPropertyName name = name(errors.getName() + settable(field));
			ConfigurationProperty property = errors.getBoundProperties()
				.stream()
				.filter((bound) -> bound.getName().equals(name))
				.findFirst()
				.orElse(null);
			sentences.add(name + value(name, property) + rule(String.valueOf(error.getDefaultMessage()))
					+ Place.of(property));
		}
		return List.copyOf(sentences);
	}

	/**
	 * A rule over several settings is called after the first of them, such as
	 * {@code isTokenGivenWhereNeeded}: its name is shortened to that of a setting.
	 */
	private ConfigurationPropertyName name(String path) {
		ConfigurationPropertyName name = ConfigurationPropertyName.adapt(path, '.');
		if (this.settings.knows(name)) {
			return name;
		}
		ConfigurationPropertyName parent = name.getParent();
		for (String last = name.getLastElement(ConfigurationPropertyName.Form.DASHED); last.contains("-");) {
			last = last.substring(0, last.lastIndexOf('-'));
			if (this.settings.knows(parent.append(last))) {
				return parent.append(last);
			}
		}
		return parent;
	}

	private static String value(ConfigurationPropertyName name, @Nullable ConfigurationProperty property) {
		if (property == null) {
			return " ";
		}
		return isSecret(name) ? " has a value that is not shown here, but " : " is '" + property.getValue() + "', but ";
	}

	/** What can't be read may be told as if it broke a rule. */
	private static String rule(String message) {
		return message.startsWith(UNREAD)
				? "must be " + allowed(ClassUtils.resolveClassName(message.substring(UNREAD.length()), null)) : message;
	}

	private static String unread(BindException failure) {
		ConfigurationProperty property = failure.getProperty();
		ConfigurationPropertyName name = (property != null) ? property.getName() : failure.getName();
		return name + value(name, property) + "must be " + allowed(failure.getTarget().getType().resolve(Object.class))
				+ Place.of(property);
	}

	/** What can be read as a type, in words. */
	private static String allowed(Class<?> given) {
		Class<?> type = ClassUtils.resolvePrimitiveIfNecessary(given);
		if (type.isEnum()) {
			return Arrays.stream(type.getEnumConstants())
				.map((constant) -> constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
				.collect(Collectors.joining(", ", "one of ", ""));
		}
		if (type == Duration.class) {
			return "a time with its unit, such as 500ms, 30s or 5m";
		}
		if (type == DataSize.class) {
			return "a size with its unit, such as 512B, 64KB or 10MB";
		}
		if (type == URI.class) {
			return "an address, such as https://pool.example";
		}
		if (type == Path.class) {
			return "a path of a file or a folder";
		}
		if (type == Boolean.class) {
			return "true or false";
		}
		if (type == Integer.class || type == Long.class) {
			return "a whole number";
		}
		return Number.class.isAssignableFrom(type) ? "a number"
				: "of another form: it can't be read as " + type.getSimpleName();
	}

	private static boolean isSecret(ConfigurationPropertyName name) {
		int last = name.getNumberOfElements() - 1;
		for (int i = 0; i < last; i++) {
			if (name.getElement(i, ConfigurationPropertyName.Form.UNIFORM).equals(HEADERS)) {
				return true;
			}
		}
		return SECRETS.contains(name.getElement(last, ConfigurationPropertyName.Form.UNIFORM));
	}

	/** A record's path as one sets it. */
	private static String settable(String path) {
		return path.replaceAll("(?<=[a-z0-9])([A-Z])", "-$1")
			.toLowerCase(Locale.ROOT)
			.replaceAll("\\[([a-z][a-z0-9-]*)]", ".$1");
	}

}
