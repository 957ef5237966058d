package dev.sluice.api;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.sluice.execution.LanguageRuntime;
import dev.sluice.piston.PistonLimits;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

class LimitsPropertiesTests {

	private static final LanguageRuntime CPP = new LanguageRuntime("c++", "12.2.0", List.of("cpp", "g++"), "gcc");

	@Test
	void withoutSettingsTheyArePistonsOwn() {
		PistonLimits pistons = new PistonLimits(Duration.ofSeconds(10), Duration.ofSeconds(3), Duration.ofSeconds(10),
				Duration.ofSeconds(3), -1, -1);
		assertThat(limits(Map.of()).general()).isEqualTo(pistons);
		assertThat(limits(Map.of()).of(CPP)).isEqualTo(pistons);
	}

	@Test
	void aLanguagesLimitsComeBeforeTheGeneralOnes() {
		LimitsProperties limits = limits(Map.of("sluice.limits.run-timeout", "5s", "sluice.limits.run-memory", "1MB",
				"sluice.limits.languages.[c++].compile-timeout", "30s", "sluice.limits.languages.[c++].compile-memory",
				"2MB"));
		assertThat(limits.of(CPP)).isEqualTo(new PistonLimits(Duration.ofSeconds(30), Duration.ofSeconds(5),
				Duration.ofSeconds(10), Duration.ofSeconds(3), 2 << 20, 1 << 20));
		assertThat(limits.general().compileTimeout()).isEqualTo(Duration.ofSeconds(10));
	}

	@Test
	void aLanguageMayBeNamedByItsAlias() {
		assertThat(limits(Map.of("sluice.limits.languages.cpp.run-timeout", "9s")).of(CPP).runTimeout())
			.isEqualTo(Duration.ofSeconds(9));
	}

	static LimitsProperties limits(Map<String, String> settings) {
		return new Binder(new MapConfigurationPropertySource(settings)).bindOrCreate("sluice.limits",
				LimitsProperties.class);
	}

}
