package dev.sluice.gateway;

import java.time.Duration;

import dev.sluice.settings.Words;
import jakarta.validation.constraints.PositiveOrZero;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the gateway ends.
 *
 * @param delay how long it still lets executions in once its readiness is red, until
 * those who send them have seen that
 * @param grace how long what goes on may take to finish after that, before it is ended
 */
@Validated
@ConfigurationProperties("sluice.drain")
record DrainProperties(@DefaultValue("0s") @PositiveOrZero Duration delay,
		@DefaultValue("30s") @PositiveOrZero Duration grace) {

	/** What is in force. */
	String description() {
		return "drain      " + Words.of(this.grace) + " for what goes on, after " + Words.of(this.delay);
	}

}
