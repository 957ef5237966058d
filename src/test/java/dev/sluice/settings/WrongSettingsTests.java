package dev.sluice.settings;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchException;

/**
 * What is said of values that can't be read, and what is not.
 */
class WrongSettingsTests {

	record Key(String name, String hash) {
	}

	@ParameterizedTest
	@ValueSource(strings = { "sluice.tracing.headers", "sluice.metrics.headers" })
	void headersThatAreSetTogetherAreNotShown(String name) {
		assertThat(sentences(name, "authorization=Bearer s3cret", Bindable.mapOf(String.class, String.class)))
			.containsExactly(name + " has a value that is not shown here, but must be set one by one: set " + name
					+ ".NAME to its value");
	}

	@Test
	void whatIsInHeadersIsNotShown() {
		assertThat(sentences("sluice.tracing.headers.authorization", "s3cret", Bindable.of(Integer.class)))
			.containsExactly("sluice.tracing.headers.authorization has a value that is not shown here, "
					+ "but must be a whole number");
	}

	@ParameterizedTest
	@ValueSource(strings = { "sluice.clients.keys", "sluice.clients.keys[0]" })
	void whatHasPartsThatMayBeSecretIsNotShown(String name) {
		assertThat(sentences(name, "alice: s3cret",
				name.endsWith("]") ? Bindable.of(Key.class) : Bindable.listOf(Key.class)))
			.singleElement()
			.asString()
			.startsWith(name)
			.contains("must be set part by part")
			.doesNotContain("s3cret");
	}

	private static List<String> sentences(String name, String value, Bindable<?> type) {
		ConfigurationPropertySource source = new MapConfigurationPropertySource(Map.of(name, value));
		return WrongSettings.sentences(catchException(() -> new Binder(source).bind(name, type)), List.of(source));
	}

}
