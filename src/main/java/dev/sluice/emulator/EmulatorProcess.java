package dev.sluice.emulator;

import java.util.List;
import java.util.Map;

import dev.sluice.adapter.Adapter;
import dev.sluice.adapter.AdapterConfiguration;
import dev.sluice.http.HttpConfiguration;
import dev.sluice.http.StartRefusedException;
import dev.sluice.http.StartupBlock;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * The emulator as a process of its own.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableConfigurationProperties(EmulatorProperties.class)
@Import({ AdapterConfiguration.class, HttpConfiguration.class })
public class EmulatorProcess {

	/** The properties that this process has where nobody sets others. */
	public static final Map<String, Object> DEFAULTS = Map.of("server.address", "127.0.0.1", "server.port", "8083",
			"spring.application.name", "sluice-emulator");

	@Bean
	Emulator emulator(EmulatorProperties properties, ServerProperties server, ObjectProvider<Adapter> adapter) {
		String token = properties.token();
		if (token == null || token.isBlank()) {
			throw new StartRefusedException("The emulated pool has no token, and must not be open to everybody.",
					"Set sluice.emulator.token, and the same value as the pool's credential.token in the gateway.");
		}
		if (properties.adapterUrl() == null) {
			adapter.getObject().refuseStrangers(server.getAddress());
		}
		return Emulator.create(properties, token, adapter);
	}

	@Bean
	RouterFunction<ServerResponse> routes(Emulator emulator) {
		return emulator.routes();
	}

	@Bean
	StartupBlock startupBlock(EmulatorProperties properties, ObjectProvider<Adapter> adapter) {
		return new StartupBlock("emulator",
				() -> (properties.adapterUrl() != null)
						? List.of("sessions   all at the adapter " + properties.adapterUrl())
						: adapter.getObject().description());
	}

}
