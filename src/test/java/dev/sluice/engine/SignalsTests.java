package dev.sluice.engine;

import dev.sluice.execution.InputItem;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SignalsTests {

	@Test
	void theEngineKnowsTheSignalsThatClientsMayName() {
		assertThat(Input.SIGNALS).isEqualTo(InputItem.Signal.NAMES);
	}

}
