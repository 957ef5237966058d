package dev.sluice.pool;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;

import dev.sluice.http.HeldBytes;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/**
 * Pools for tests.
 */
public final class TestPools {

	private TestPools() {
	}

	/**
	 * A pool with a given token.
	 * @param endpoint where it is
	 * @param settings names and values of further properties of the pool, or of whatever
	 * begins with {@code sluice.}, by turns; null takes one away
	 * @return the pool, used as pools are
	 */
	public static Pools at(URI endpoint, String... settings) {
		return at(new HeldBytes(Long.MAX_VALUE), endpoint, settings);
	}

	static Pools at(HeldBytes held, URI endpoint, String... settings) {
		Map<String, String> properties = new HashMap<>(Map.of("sluice.pools[0].name", "test",
				"sluice.pools[0].endpoint", endpoint.toString(), "sluice.pools[0].credential.kind", "static",
				"sluice.pools[0].credential.token", "test-token", "sluice.pools[0].response-timeout", "2s"));
		properties.put("sluice.retry.attempts", "1");
		for (int i = 0; i < settings.length; i += 2) {
			String value = settings[i + 1];
			String name = settings[i].startsWith("sluice.") ? settings[i] : "sluice.pools[0]." + settings[i];
			properties.compute(name, (key, before) -> value);
		}
		PoolsProperties bound = new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate("sluice",
				PoolsProperties.class);
		return new PoolFactory(bound, held).configured().orElseThrow();
	}

}
