package dev.sluice.api;

import java.time.Duration;
import java.util.Map;

import dev.sluice.execution.LanguageRuntime;
import dev.sluice.piston.PistonLimits;
import dev.sluice.settings.Words;
import jakarta.validation.Valid;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The most that a request may ask for. One that asks for nothing has what its session
 * gives; its deadline allows for the times of these. A time of 0 and a memory of 0 or
 * less are no limit.
 *
 * @param compileTimeout wall-clock time of a compilation; 0 is no limit
 * @param runTimeout wall-clock time of a run; 0 is no limit
 * @param compileCpuTime processor time of a compilation; 0 is no limit
 * @param runCpuTime processor time of a run; 0 is no limit
 * @param compileMemory memory of a compilation; -1 is no limit
 * @param runMemory memory of a run; -1 is no limit
 * @param languages what else holds for a language, by its name or one of its aliases
 */
@Validated
@ConfigurationProperties("sluice.limits")
record LimitsProperties(@DefaultValue("10s") @DurationMin(message = LimitsProperties.NEGATIVE) Duration compileTimeout,
		@DefaultValue("3s") @DurationMin(message = LimitsProperties.NEGATIVE) Duration runTimeout,
		@DefaultValue("10s") @DurationMin(message = LimitsProperties.NEGATIVE) Duration compileCpuTime,
		@DefaultValue("3s") @DurationMin(message = LimitsProperties.NEGATIVE) Duration runCpuTime,
		@DefaultValue("-1") DataSize compileMemory, @DefaultValue("-1") DataSize runMemory,
		@DefaultValue Map<String, @Valid Language> languages) {

	static final String NEGATIVE = "must not be negative; 0 is no limit";

	/**
	 * The limits of a language; each that is not set is the general one.
	 *
	 * @param compileTimeout wall-clock time of a compilation, such as 10s; by default the
	 * general one
	 * @param runTimeout wall-clock time of a run, such as 3s; by default the general one
	 * @param compileCpuTime processor time of a compilation, such as 10s; by default the
	 * general one
	 * @param runCpuTime processor time of a run, such as 3s; by default the general one
	 * @param compileMemory memory of a compilation, such as 512MB; by default the general
	 * one
	 * @param runMemory memory of a run, such as 256MB; by default the general one
	 */
	@ConfigurationPropertiesSource
	record Language(@Nullable @DurationMin(message = NEGATIVE) Duration compileTimeout,
			@Nullable @DurationMin(message = NEGATIVE) Duration runTimeout,
			@Nullable @DurationMin(message = NEGATIVE) Duration compileCpuTime,
			@Nullable @DurationMin(message = NEGATIVE) Duration runCpuTime, @Nullable DataSize compileMemory,
			@Nullable DataSize runMemory) {
	}

	/** What is in force. */
	String description() {
		return "compile " + Words.of(this.compileTimeout) + ", run " + Words.of(this.runTimeout)
				+ (this.languages.isEmpty() ? "" : "; others for " + String.join(", ", this.languages.keySet()));
	}

	/** The limits where the language is not known. */
	PistonLimits general() {
		return new PistonLimits(this.compileTimeout, this.runTimeout, this.compileCpuTime, this.runCpuTime,
				this.compileMemory.toBytes(), this.runMemory.toBytes());
	}

	/** The limits of a runtime's language. */
	PistonLimits of(LanguageRuntime runtime) {
		return this.languages.entrySet()
			.stream()
			.filter((entry) -> runtime.answersTo(entry.getKey()))
			.map((entry) -> of(entry.getValue()))
			.findFirst()
			.orElseGet(this::general);
	}

	private PistonLimits of(Language language) {
		return new PistonLimits(or(language.compileTimeout(), this.compileTimeout),
				or(language.runTimeout(), this.runTimeout), or(language.compileCpuTime(), this.compileCpuTime),
				or(language.runCpuTime(), this.runCpuTime), or(language.compileMemory(), this.compileMemory).toBytes(),
				or(language.runMemory(), this.runMemory).toBytes());
	}

	private static <T> T or(@Nullable T own, T general) {
		return (own != null) ? own : general;
	}

}
