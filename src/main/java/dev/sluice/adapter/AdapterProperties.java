package dev.sluice.adapter;

import java.net.URI;
import java.time.Duration;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Min;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The adapter's settings.
 *
 * @param pistonUrl the Piston to hand executions to, such as
 * {@code http://127.0.0.1:2000}; without it programs run on this machine
 * @param pistonTimeout how long that Piston may take for an answer
 * @param maxAnswer how large its answers may be
 * @param replayTime how long a finished execution is remembered by its id, so that it
 * does not run again and its answer can be given again
 * @param replayBytes how much the answers that are kept for that may take in all; one
 * that no longer fits is forgotten, and its execution still does not run again
 * @param remembered how many executions without a kept answer are remembered, each in
 * about half a kilobyte
 * @param linger how long a repeatable execution runs on after its last caller has left, 0
 * for not at all
 * @param cancelTime how long a cancelled program may take to end before who cancelled it
 * is told that it did not
 */
@Validated
@ConfigurationProperties("sluice.adapter")
record AdapterProperties(@Nullable URI pistonUrl, @DefaultValue("220s") Duration pistonTimeout,
		@DefaultValue("64MB") DataSize maxAnswer, @DefaultValue("5m") @DurationMin(millis = 1) Duration replayTime,
		@DefaultValue("64MB") DataSize replayBytes, @DefaultValue("10000") @Min(1) int remembered,
		@DefaultValue("30s") @DurationMin Duration linger,
		@DefaultValue("5s") @DurationMin(millis = 1) Duration cancelTime) {

	@AssertTrue(message = "must not be negative")
	boolean isReplayBytesASize() {
		return !this.replayBytes.isNegative();
	}

	@AssertTrue(message = "must be an http or https address with a host")
	boolean isPistonUrlAnAddress() {
		return this.pistonUrl == null || this.pistonUrl.getHost() != null
				&& ("http".equals(this.pistonUrl.getScheme()) || "https".equals(this.pistonUrl.getScheme()));
	}

}
