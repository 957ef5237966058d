package dev.sluice.adapter;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import dev.sluice.http.HttpProperties;
import dev.sluice.http.LoopbackServer;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/**
 * Adapters for tests.
 */
final class Adapters {

	private Adapters() {
	}

	/**
	 * An adapter's settings.
	 * @param settings properties below {@code sluice.adapter}
	 * @return the settings
	 */
	static AdapterProperties settings(String... settings) {
		return bind("sluice.adapter", AdapterProperties.class, settings);
	}

	/**
	 * Starts an adapter's server.
	 * @param workshop what runs the programs
	 * @param settings properties below {@code sluice.adapter}
	 * @return the server, to be closed
	 */
	static LoopbackServer serve(Workshop workshop, String... settings) {
		return serve(workshop, Duration.ofSeconds(10), settings);
	}

	/**
	 * Starts an adapter's server.
	 * @param workshop what runs the programs
	 * @param heartbeat how long who reads events may hear nothing
	 * @param settings properties below {@code sluice.adapter}
	 * @return the server, to be closed
	 */
	static LoopbackServer serve(Workshop workshop, Duration heartbeat, String... settings) {
		return LoopbackServer
			.start(new Adapter(workshop, settings(settings), bind("sluice.http", HttpProperties.class), heartbeat)
				.routes());
	}

	private static <T> T bind(String prefix, Class<T> type, String... settings) {
		Map<String, String> properties = new HashMap<>();
		for (String setting : settings) {
			int equals = setting.indexOf('=');
			properties.put(prefix + "." + setting.substring(0, equals), setting.substring(equals + 1));
		}
		return new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate(prefix, type);
	}

}
