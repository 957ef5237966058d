package dev.sluice.pool;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/**
 * Pools for tests.
 */
public final class Pools {

	private Pools() {
	}

	/**
	 * A pool with a given token.
	 * @param endpoint where it is
	 * @param settings names and values of further properties, by turns
	 * @return the pool
	 */
	public static Pool at(URI endpoint, String... settings) {
		Map<String, String> properties = new HashMap<>(Map.of("sluice.pools[0].name", "test",
				"sluice.pools[0].endpoint", endpoint.toString(), "sluice.pools[0].credential.kind", "static",
				"sluice.pools[0].credential.token", "test-token", "sluice.pools[0].response-timeout", "2s"));
		for (int i = 0; i < settings.length; i += 2) {
			properties.put("sluice.pools[0]." + settings[i], settings[i + 1]);
		}
		PoolsProperties bound = new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate("sluice",
				PoolsProperties.class);
		return new PoolFactory(bound).configured().orElseThrow();
	}

}
