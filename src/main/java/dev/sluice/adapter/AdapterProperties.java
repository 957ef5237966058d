package dev.sluice.adapter;

import java.net.URI;
import java.time.Duration;

import jakarta.validation.constraints.AssertTrue;
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
 */
@Validated
@ConfigurationProperties("sluice.adapter")
record AdapterProperties(@Nullable URI pistonUrl, @DefaultValue("220s") Duration pistonTimeout,
		@DefaultValue("64MB") DataSize maxAnswer) {

	@AssertTrue(message = "must be an http or https address with a host")
	boolean isPistonUrlAnAddress() {
		return this.pistonUrl == null || this.pistonUrl.getHost() != null
				&& ("http".equals(this.pistonUrl.getScheme()) || "https".equals(this.pistonUrl.getScheme()));
	}

}
