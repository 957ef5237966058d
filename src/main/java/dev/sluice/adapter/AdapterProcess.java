package dev.sluice.adapter;

import java.util.Map;

import dev.sluice.http.HttpConfiguration;
import dev.sluice.http.StartupBlock;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * The adapter as a process of its own.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ AdapterConfiguration.class, HttpConfiguration.class })
public class AdapterProcess {

	/** The properties that this process has where nobody sets others. */
	public static final Map<String, Object> DEFAULTS = Map.of("server.address", "127.0.0.1", "server.port", "8082",
			"spring.application.name", "sluice-adapter");

	@Bean
	RouterFunction<ServerResponse> routes(Adapter adapter, ServerProperties server) {
		adapter.refuseStrangers(server.getAddress());
		return adapter.routes();
	}

	@Bean
	StartupBlock startupBlock(Adapter adapter) {
		return new StartupBlock("adapter", adapter::description);
	}

}
