package dev.sluice.http;

import java.time.Duration;
import java.util.Set;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Positive;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * What all servers share.
 *
 * @param hosts names, other than loopback's, that a server on loopback is called by; none
 * by default
 * @param maxBody how large a request body may be
 * @param bodyTimeout how long a request body may take to come
 * @param maxHeld how much may be held for clients at once, all together, such as 512MB;
 * the default is 40 % of the heap, and at least the size of one body
 */
@Validated
@ConfigurationProperties("sluice.http")
public record HttpProperties(@DefaultValue Set<String> hosts, @DefaultValue("64MB") DataSize maxBody,
		@DefaultValue("60s") @Positive Duration bodyTimeout, @Nullable @Positive DataSize maxHeld) {

	/** Beside what is held there are the program itself, and the network's buffers. */
	private static final double SHARE = 0.4;

	/** What may be held at once. */
	long held() {
		return (this.maxHeld != null) ? this.maxHeld.toBytes()
				: Math.max(this.maxBody.toBytes(), (long) (SHARE * Runtime.getRuntime().maxMemory()));
	}

	@AssertTrue(message = "must be at least as much as max-body")
	boolean isMaxHeldEnoughForOneBody() {
		return held() >= this.maxBody.toBytes();
	}

	@AssertTrue(message = "must be positive, and below 2 GB")
	boolean isMaxBodyOfASizeThatIsRead() {
		return this.maxBody.toBytes() > 0 && this.maxBody.toBytes() < Integer.MAX_VALUE;
	}

}
