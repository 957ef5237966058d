package dev.sluice.gateway;

import java.util.Map;

import dev.sluice.api.ApiConfiguration;
import dev.sluice.api.PistonApi;
import dev.sluice.api.PistonApiFactory;
import dev.sluice.http.HttpConfiguration;
import dev.sluice.http.StartupBlock;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * The gateway as a process of its own.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ ApiConfiguration.class, ChainConfiguration.class, HttpConfiguration.class })
public class GatewayProcess {

	/** The properties that this process has where nobody sets others. */
	public static final Map<String, Object> DEFAULTS = Map.of("server.address", "127.0.0.1", "server.port", "8080",
			"management.server.address", "127.0.0.1", "management.server.port", "8081", "spring.application.name",
			"sluice-gateway");

	@Bean
	PistonApi pistonApi(Chain chain, PistonApiFactory apis) {
		return apis.create(chain.executor(), chain.runtimes());
	}

	@Bean
	RouterFunction<ServerResponse> routes(PistonApi api) {
		return api.routes();
	}

	@Bean
	StartupBlock startupBlock(Chain chain) {
		return new StartupBlock("gateway", chain::description);
	}

}
