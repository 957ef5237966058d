package dev.sluice.api;

import java.time.Duration;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Positive;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The WebSocket {@code /api/v2/connect}.
 *
 * @param initTimeout how long a client may take to say what is to run
 * @param maxMessage how large a message of a client may be
 * @param maxPendingInput how many characters for a program may wait before no more is
 * read from its client
 * @param writeTimeout how long a client may take to take a message, before its connection
 * is ended
 */
@Validated
@ConfigurationProperties("sluice.connect")
record ConnectProperties(@DefaultValue("1s") @Positive Duration initTimeout, @DefaultValue("1MB") DataSize maxMessage,
		@DefaultValue("262144") @Min(1) int maxPendingInput, @DefaultValue("60s") @Positive Duration writeTimeout) {

	@AssertTrue(message = "must be between 1KB and 64MB")
	boolean isMaxMessageInBounds() {
		return this.maxMessage.toKilobytes() >= 1 && this.maxMessage.toMegabytes() <= 64;
	}

}
