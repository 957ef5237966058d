package dev.sluice.load;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a load test reads from the environment.
 */
class SettingsTests {

	/** A gateway that is started from the same shell would take it for a misspelt one. */
	@Test
	void noVariableLooksLikeASettingOfTheGateway() {
		assertThat(Settings.VARIABLES).isNotEmpty().noneMatch((variable) -> variable.startsWith("SLUICE_"));
	}

}
