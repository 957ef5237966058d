package dev.sluice.settings;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * Which values may be told.
 */
final class Shown {

	private static final String HIDDEN = " has a value that is not shown here, but ";

	/** What must not be told, by the end of its name. */
	private static final Set<String> SECRETS = Set.of("token", "hash", "stickysecret");

	/** All that is there and below may be a secret. */
	private static final String HEADERS = "headers";

	/** Somebody's name or password in an address, however it is written. */
	private static final Pattern USER = Pattern.compile("[:/][^@]*@");

	private Shown() {
	}

	/**
	 * Says what something was set to.
	 * @param name its name
	 * @param value its value
	 * @param type what it should be
	 * @return words, without a value that may be a secret
	 */
	static String of(ConfigurationPropertyName name, @Nullable Object value, Class<?> type) {
		// What holds several values, of which one may be a secret.
		boolean several = type.isRecord() || Map.class.isAssignableFrom(type)
				|| Collection.class.isAssignableFrom(type);
		return several ? HIDDEN : of(name, value);
	}

	/**
	 * Says what something was set to.
	 * @param name its name
	 * @param value its value
	 * @return words, without a value that may be a secret
	 */
	static String of(ConfigurationPropertyName name, @Nullable Object value) {
		boolean secret = isSecret(name) || USER.matcher(String.valueOf(value)).find();
		return secret ? HIDDEN : " is '" + value + "', but ";
	}

	private static boolean isSecret(ConfigurationPropertyName name) {
		for (int i = 0; i < name.getNumberOfElements(); i++) {
			if (name.getElement(i, Form.UNIFORM).equals(HEADERS)) {
				return true;
			}
		}
		return SECRETS.contains(name.getLastElement(Form.UNIFORM));
	}

}
