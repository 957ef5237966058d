package dev.sluice.http;

import java.time.Duration;

import jakarta.validation.constraints.AssertTrue;
import org.hibernate.validator.constraints.time.DurationMin;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How long a client may keep its connection waiting.
 *
 * @param headerTimeout how long the head of a request may take to come: the first one's
 * from the connection's opening, another one's from its first byte
 * @param idleTimeout how long a connection may be unused between two requests
 * @param writeTimeout how long nothing of an answer may leave although there is more of
 * it
 * @param sendBuffer how much of an answer the system may hold for one connection (its
 * {@code SO_SNDBUF}); a third of it leaves at a time, so the smaller it is the slower a
 * client may read, and the larger the faster over a long way
 */
@Validated
@ConfigurationProperties("sluice.http")
record ConnectionProperties(@DefaultValue("10s") @DurationMin(millis = 1) Duration headerTimeout,
		@DefaultValue("5m") @DurationMin(millis = 1) Duration idleTimeout,
		@DefaultValue("2m") @DurationMin(millis = 1) Duration writeTimeout,
		@DefaultValue("256KB") DataSize sendBuffer) {

	@AssertTrue(message = "must be between 4KB and 64MB")
	boolean isSendBufferInBounds() {
		return this.sendBuffer.toKilobytes() >= 4 && this.sendBuffer.toMegabytes() <= 64;
	}

}
