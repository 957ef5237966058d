package dev.sluice.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertyResolver;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.PlaceholderResolutionException;

/**
 * Refuses a start with settings that there are not: they are misspelt, and what was meant
 * is not in force. Those of other processes may be there, as processes may share a file.
 */
public final class UnknownSettings implements EnvironmentPostProcessor, Ordered {

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of(Settings.ROOT);

	private static final String VARIABLES = "SLUICE_";

	private @Nullable Settings settings;

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		List<String> wrong = new ArrayList<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource variables) {
				variables(variables, environment, wrong);
			}
			else if (source instanceof IterableConfigurationPropertySource names && !isOurs(source)) {
				names(names, environment, wrong);
			}
		}
		if (!wrong.isEmpty()) {
			throw new WrongSettingsException(wrong);
		}
	}

	private void names(IterableConfigurationPropertySource source, PropertyResolver words, List<String> wrong) {
		for (ConfigurationPropertyName name : source) {
			ConfigurationProperty property = ROOT.isAncestorOf(name) ? source.getConfigurationProperty(name) : null;
			if (property == null || !isSet(property.getValue())) {
				continue;
			}
			if (!settings().knows(name)) {
				wrong.add(sentence(name.toString(), settings().nearest(name)) + Place.of(property));
			}
			unset(property.getValue(), words).ifPresent((word) -> wrong.add(name + word + Place.of(property)));
		}
	}

	private void variables(SystemEnvironmentPropertySource source, PropertyResolver words, List<String> wrong) {
		for (String variable : source.getPropertyNames()) {
			Object value = source.getProperty(variable);
			if (!variable.startsWith(VARIABLES) || !isSet(value) || ServiceVariables.contain(variable, source)) {
				continue;
			}
			if (!settings().knowsVariable(variable)) {
				wrong.add(sentence(variable, settings().nearestVariable(variable)));
			}
			unset(value, words).ifPresent((word) -> wrong.add(variable + word));
		}
	}

	/** A word that stands for nothing would be taken as it is written. */
	private static Optional<String> unset(@Nullable Object value, PropertyResolver words) {
		try {
			if (value instanceof CharSequence text && text.toString().contains("${")) {
				words.resolveRequiredPlaceholders(text.toString());
			}
			return Optional.empty();
		}
		catch (PlaceholderResolutionException ex) {
			return Optional.of(" names ${" + ex.getPlaceholder() + "}, and nothing of that name is set");
		}
	}

	private Settings settings() {
		Settings known = this.settings;
		if (known == null) {
			known = Settings.read();
			this.settings = known;
		}
		return known;
	}

	/** What is empty sets nothing. */
	private static boolean isSet(@Nullable Object value) {
		return value != null && !value.toString().isEmpty();
	}

	static String sentence(String name, Optional<String> meant) {
		return name + " is no setting of Sluice: "
				+ meant.map((near) -> "did you mean " + near + "?").orElse("the README lists what there is");
	}

	/** What is in our own jar is tested. */
	private static boolean isOurs(ConfigurationPropertySource source) {
		return source.getUnderlyingSource() instanceof PropertySource<?> named
				&& named.getName().contains("class path resource");
	}

}
