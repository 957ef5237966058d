package dev.sluice.adapter;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

class AdapterPropertiesTests {

	private final ApplicationContextRunner context = new ApplicationContextRunner()
		.withUserConfiguration(AdapterConfiguration.class);

	@Test
	void everySettingHasADefault() {
		this.context.run((started) -> {
			AdapterProperties properties = started.getBean(AdapterProperties.class);
			assertThat(properties.replayTime()).isEqualTo(Duration.ofMinutes(5));
			assertThat(properties.replayBytes()).isEqualTo(DataSize.ofMegabytes(64));
			assertThat(properties.remembered()).isEqualTo(10_000);
			assertThat(properties.linger()).isEqualTo(Duration.ofSeconds(30));
			assertThat(properties.cancelTime()).isEqualTo(Duration.ofSeconds(5));
			assertThat(properties.spoolMemory()).isEqualTo(DataSize.ofKilobytes(256));
			assertThat(properties.spoolFolder()).isNull();
			assertThat(properties.input()).isEqualTo(DataSize.ofKilobytes(64));
			assertThat(properties.maxInput()).isEqualTo(DataSize.ofMegabytes(1));
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "replay-time=0s", "replay-bytes=-1B", "remembered=0", "linger=-1s", "cancel-time=0s",
			"spool-memory=-1B", "spool-memory=2GB", "spool-folder=/nowhere/at/all", "input=0B", "max-input=0B" })
	void whatCannotBeIsRefused(String setting) {
		this.context.withPropertyValues("sluice.adapter." + setting).run((started) -> assertThat(started).hasFailed());
	}

}
