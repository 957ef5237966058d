package dev.sluice.settings;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a process says of where its settings come from.
 */
class SourcesTests {

	@ParameterizedTest
	@ValueSource(strings = { "SLUICE_RETRY_ATTEMPTS", "SERVER_PORT", "MANAGEMENT_SERVER_PORT", "SPRING_PROFILES_ACTIVE",
			"LOGGING_LEVEL_ROOT" })
	void whatIsSetByTheEnvironmentIsToldToBe(String variable) {
		assertThat(Sources.of(environment(Map.of(variable, "1")))).containsExactly("the environment");
	}

	@Test
	void whatElseIsInTheEnvironmentSetsNothing() {
		assertThat(Sources.of(environment(Map.of("PATH", "/bin", "SLUICE_PORT", "tcp://10.0.0.11:80")))).isEmpty();
	}

	private static StandardEnvironment environment(Map<String, Object> variables) {
		return new StandardEnvironment() {
			@Override
			protected void customizePropertySources(MutablePropertySources sources) {
				sources
					.addLast(new SystemEnvironmentPropertySource(SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
			}
		};
	}

}
