package dev.sluice.admission;

import java.util.HexFormat;

import dev.sluice.execution.Client;
import dev.sluice.execution.Priority;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A client's key. A client may have several, such as an old one and its successor; they
 * share what the client may ask for.
 *
 * @param name what the client is called in messages, logs and metrics; it must be set
 * @param hash the key's SHA-256 in hex, with sha256: before it or without, as printf %s
 * KEY | sha256sum writes it; it must be set
 * @param priority the most that executions asked for with this key may claim
 * @param rate how many executions the client may begin a second; by default as in
 * sluice.clients.defaults
 * @param burst how many of them it may begin at once; by default as in
 * sluice.clients.defaults
 * @param concurrency how many may be under way at once; by default as in
 * sluice.clients.defaults
 */
@ConfigurationPropertiesSource
record KeyProperties(
		@NotNull(message = "is missing: set it to the client's name") @Pattern(regexp = "[A-Za-z0-9._-]{1,64}",
				message = "must have 1 to 64 letters, digits, dots, hyphens or underscores") String name,
		@NotNull(message = "is missing: set it to what printf %s KEY | sha256sum writes") String hash,
		@DefaultValue("interactive") Priority priority,
		@Nullable @DecimalMin("0.001") @DecimalMax("1000000") Double rate, @Nullable @Min(1) Integer burst,
		@Nullable @Min(1) Integer concurrency) {

	private static final String SCHEME = "sha256:";

	private static final int DIGITS = 64;

	/** Apart from the hash, as a mistake there may be the key itself, and is not told. */
	@AssertTrue(message = "must be the 64 hex digits that printf %s KEY | sha256sum writes, and not the key itself")
	boolean isHashOfAKey() {
		// Where it is missing that is told by itself.
		return this.hash == null || digits().matches("[0-9A-Fa-f]{" + DIGITS + "}");
	}

	/** The digest itself. */
	byte[] digest() {
		return HexFormat.of().parseHex(digits());
	}

	Client client() {
		return new Client(this.name, this.priority);
	}

	Limits limits() {
		return new Limits(this.rate, this.burst, this.concurrency);
	}

	private String digits() {
		String text = this.hash.strip();
		return text.startsWith(SCHEME) ? text.substring(SCHEME.length()) : text;
	}

	/** A short key can be found by its hash. */
	@Override
	public String toString() {
		return "KeyProperties[" + this.name + "]";
	}

}
