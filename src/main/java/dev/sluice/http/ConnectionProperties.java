package dev.sluice.http;

import java.time.Duration;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Positive;

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
 * it; as it leaves in lumps of up to a third of twice the send buffer, who reads a
 * kilobyte a second is safe by default
 * @param sendBuffer how much of an answer the system is asked to hold for one connection
 * (its SO_SNDBUF): the smaller it is the slower a client may read, and the larger the
 * faster over a long way; 0 leaves it to the system
 */
@Validated
@ConfigurationProperties("sluice.http")
record ConnectionProperties(@DefaultValue("10s") @Positive Duration headerTimeout,
		@DefaultValue("5m") @Positive Duration idleTimeout, @DefaultValue("4m") @Positive Duration writeTimeout,
		@DefaultValue("256KB") DataSize sendBuffer) {

	@AssertTrue(message = "must be between 4KB and 64MB, or 0")
	boolean isSendBufferInBounds() {
		return this.sendBuffer.toBytes() == 0
				|| this.sendBuffer.toKilobytes() >= 4 && this.sendBuffer.toMegabytes() <= 64;
	}

}
