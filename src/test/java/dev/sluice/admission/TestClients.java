package dev.sluice.admission;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

import dev.sluice.execution.Priority;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import org.jspecify.annotations.Nullable;

/**
 * Gates for tests.
 */
public final class TestClients {

	static final Validator VALIDATOR = Validation.buildDefaultValidatorFactory().getValidator();

	private TestClients() {
	}

	/**
	 * A gate of one client, alice.
	 * @param key her key
	 * @param rate how many executions she may begin a second
	 * @param concurrency how many she may have at once
	 * @return the gate
	 */
	public static Clients alice(String key, @Nullable Double rate, @Nullable Integer concurrency) {
		return of(false, List.of(key("alice", key, rate, concurrency)));
	}

	/**
	 * A gate without keys.
	 * @param open whether that is meant
	 * @return the gate
	 */
	public static Clients open(boolean open) {
		return of(open, List.of());
	}

	static Clients of(boolean open, List<KeyProperties> keys) {
		return of(new ClientsProperties(open, keys, null, null, Limits.NONE));
	}

	static Clients of(List<KeyProperties> keys, Path file) {
		return of(new ClientsProperties(false, keys, file, null, Limits.NONE));
	}

	static Clients of(JwtProperties jwt) {
		return of(new ClientsProperties(false, List.of(), null, jwt, Limits.NONE));
	}

	static Clients of(ClientsProperties properties) {
		return new Clients(properties, VALIDATOR, Duration.ofMillis(20));
	}

	static KeyProperties key(String name, String key, @Nullable Double rate, @Nullable Integer concurrency) {
		return new KeyProperties(name, hash(key), Priority.INTERACTIVE, rate, null, concurrency);
	}

	/**
	 * What stands for a key in settings.
	 * @param key the key
	 * @return its hash
	 */
	public static String hash(String key) {
		return HexFormat.of().formatHex(KeyRing.digest(key));
	}

}
