package dev.sluice.admission;

import java.nio.file.Path;
import java.util.List;

import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Who may come in. With neither keys nor issuer everybody may, on loopback.
 *
 * @param open whether everybody may come in on other addresses, too
 * @param keys the clients' keys
 * @param file a file with more of them, YAML or JSON with a list keys as here; it is read
 * again when it changes; none by default
 * @param jwt whose tokens are taken
 * @param defaults what a client may ask for where nothing else is said of it
 */
@Validated
@ConfigurationProperties(prefix = "sluice.clients", ignoreUnknownFields = false)
record ClientsProperties(@DefaultValue("false") boolean open, @DefaultValue List<@Valid KeyProperties> keys,
		@Nullable Path file, @Nullable @Valid @NestedConfigurationProperty JwtProperties jwt,
		@DefaultValue @Valid @NestedConfigurationProperty Limits defaults) {

	/** Whether nobody is asked who he is. */
	boolean isForAll() {
		return this.keys.isEmpty() && this.file == null && this.jwt == null;
	}

	@AssertTrue(message = "must not be true where there are keys or an issuer, as nobody would be asked for them")
	boolean isOpenWhereNobodyIsAsked() {
		return !this.open || isForAll();
	}

	@AssertTrue(message = "must hold for each: a burst is a part of a rate, and bounds nothing without one. "
			+ "Set rate beside burst, or sluice.clients.defaults.rate")
	boolean isBurstOfARate() {
		return !(isForAll() && this.defaults.isBurstWithoutRate()) && this.keys.stream().allMatch(this::isBurstOfARate)
				&& (this.jwt == null || !this.jwt.limits().or(this.defaults).isBurstWithoutRate());
	}

	/** Whether a key's burst, if any, has a rate. */
	boolean isBurstOfARate(KeyProperties key) {
		return !key.limits().or(this.defaults).isBurstWithoutRate();
	}

	@AssertTrue(message = KeyRing.CLASH)
	boolean isKeysInAgreement() {
		// What is wrong in itself is told by itself.
		return !this.keys.stream().allMatch((key) -> key.name() != null && key.hash() != null && key.isHashOfAKey())
				|| KeyRing.agree(this.keys);
	}

}
