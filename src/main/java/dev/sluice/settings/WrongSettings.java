package dev.sluice.settings;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.config.ConfigDataNotFoundException;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.bind.validation.ValidationErrors;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.ClassUtils;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/**
 * What is wrong with the settings of a process that did not start: a sentence for each,
 * with the setting's name, its value and what is allowed.
 */
public final class WrongSettings {

	/**
	 * How Spring Boot begins what it says of a value that is not read, and ends with its
	 * type.
	 */
	private static final String UNREAD = "Failed to convert to type ";

	private final Settings settings = Settings.read();

	private final Iterable<ConfigurationPropertySource> sources;

	private WrongSettings(Iterable<ConfigurationPropertySource> sources) {
		this.sources = sources;
	}

	/**
	 * Explains a failed start.
	 * @param failure what it failed with
	 * @param sources where settings come from, the strongest first
	 * @return sentences; none where it did not fail by a setting
	 */
	public static List<String> sentences(Throwable failure, Iterable<ConfigurationPropertySource> sources) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			List<String> sentences = switch (cause) {
				case WrongSettingsException wrong -> wrong.sentences();
				case BindValidationException invalid ->
					new WrongSettings(sources).invalid(invalid.getValidationErrors());
				case UnboundConfigurationPropertiesException unbound -> new WrongSettings(sources).unbound(unbound);
				case BindException unread when isLast(unread) -> List.of(unread(unread));
				case InvalidConfigurationPropertyValueException refused -> List.of(refused(refused));
				case ConfigDataNotFoundException missing -> List.of("spring.config.import: " + missing.getMessage());
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

	/** What is empty is not read, either, nor what is behind a gap in a list. */
	private String unbound(ConfigurationProperty property) {
		ConfigurationPropertyName name = property.getName();
		return (this.settings.knows(name) ? name + Lists.gapBefore(property).orElse(" is empty, but must have a value")
				: UnknownSettings.sentence(name.toString(), this.settings.nearest(name))) + Place.of(property);
	}

	private static String refused(InvalidConfigurationPropertyValueException failure) {
		ConfigurationPropertyName name = ConfigurationPropertyName.adapt(failure.getName(), '.');
		String reason = String.valueOf(failure.getReason());
		Class<?> type = unread(reason);
		return (type != null) ? name + Shown.of(name, failure.getValue(), type) + Allowed.of(name, type)
				: name + Shown.of(name, failure.getValue()) + reason;
	}

	/** What can't be read may be told as if it broke a rule. */
	private static @Nullable Class<?> unread(String message) {
		return message.startsWith(UNREAD)
				? ClassUtils.resolveClassName(message.substring(UNREAD.length()).replaceFirst("<.*", ""), null) : null;
	}

	private List<String> invalid(ValidationErrors errors) {
		Set<String> sentences = new LinkedHashSet<>();
		for (ObjectError error : errors) {
			String field = (error instanceof FieldError one) ? "." + one.getField() : "";
			ConfigurationPropertyName told = ConfigurationPropertyName.adapt(errors.getName() + settable(field), '.');
			ConfigurationPropertyName name = name(told);
			ConfigurationProperty property = errors.getBoundProperties()
				.stream()
				.filter((bound) -> bound.getName().equals(name))
				.findFirst()
				.orElse(null);
			// Something of it is missing, or it does not fit to something else.
			boolean lacks = property == null || !name.equals(told);
			sentences.add(invalid(name, property, String.valueOf(error.getDefaultMessage()))
					+ (lacks ? Lists.elsewhere(name, this.sources, this.settings::knows) : ""));
		}
		return List.copyOf(sentences);
	}

	/**
	 * A rule over several settings is called after the first of them, such as
	 * {@code isTokenGivenWhereNeeded}: its name is shortened to that of a setting.
	 */
	private ConfigurationPropertyName name(ConfigurationPropertyName name) {
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

	private static String invalid(ConfigurationPropertyName name, @Nullable ConfigurationProperty property,
			String message) {
		Class<?> type = unread(message);
		return (type != null) ? unread(name, property, type) : name
				+ ((property != null) ? Shown.of(name, property.getValue()) : " ") + message + Place.of(property);
	}

	private static String unread(BindException failure) {
		ConfigurationProperty property = failure.getProperty();
		return unread((property != null) ? property.getName() : failure.getName(), property,
				failure.getTarget().getType().resolve(Object.class));
	}

	private static String unread(ConfigurationPropertyName name, @Nullable ConfigurationProperty property,
			Class<?> type) {
		return name + ((property != null) ? Shown.of(name, property.getValue(), type) : " ") + Allowed.of(name, type)
				+ Place.of(property);
	}

	/** A record's path as one sets it. */
	private static String settable(String path) {
		return path.replaceAll("(?<=[a-z0-9])([A-Z])", "-$1")
			.toLowerCase(Locale.ROOT)
			.replaceAll("\\[([a-z][a-z0-9-]*)]", ".$1");
	}

}
