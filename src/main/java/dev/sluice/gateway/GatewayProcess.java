package dev.sluice.gateway;

import java.util.Map;
import java.util.stream.Stream;

import dev.sluice.admission.Clients;
import dev.sluice.admission.ClientsConfiguration;
import dev.sluice.api.ApiConfiguration;
import dev.sluice.api.PistonApi;
import dev.sluice.api.PistonApiFactory;
import dev.sluice.doctor.Doctor;
import dev.sluice.http.FrontConfiguration;
import dev.sluice.http.HeldBytes;
import dev.sluice.http.HttpConfiguration;
import dev.sluice.http.StartupBlock;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.ApplicationListener;
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
@Import({ ApiConfiguration.class, ChainConfiguration.class, ClientsConfiguration.class, HttpConfiguration.class,
		FrontConfiguration.class })
public class GatewayProcess {

	/** The properties that this process has where nobody sets others. */
	public static final Map<String, Object> DEFAULTS = Map.ofEntries(Map.entry("server.address", "127.0.0.1"),
			Map.entry("server.port", "8080"), Map.entry("management.server.address", "127.0.0.1"),
			Map.entry("management.server.port", "8081"), Map.entry("spring.application.name", "sluice-gateway"),
			Map.entry("server.compression.enabled", "true"),
			Map.entry("server.compression.mime-types", "application/json"),
			Map.entry("server.compression.min-response-size", "4KB"),
			Map.entry("management.endpoints.web.exposure.include", "health,info,metrics,pools,doctor"),
			Map.entry("management.endpoint.health.probes.enabled", "true"),
			Map.entry("management.endpoint.health.group.readiness.include", "readinessState,pools"));

	@Bean
	PistonApi pistonApi(Chain chain, PistonApiFactory apis, Clients clients, ServerProperties server) {
		OpenRule.check(clients, server.getAddress());
		return apis.create(clients, chain.executor(), chain.runtimes());
	}

	@Bean
	RouterFunction<ServerResponse> routes(PistonApi api) {
		return api.routes();
	}

	@Bean
	PoolsHealth poolsHealthIndicator(Chain chain) {
		return new PoolsHealth(chain);
	}

	@Bean
	PoolsEndpoint poolsEndpoint(Chain chain) {
		return new PoolsEndpoint(chain);
	}

	@Bean
	PoolMetrics poolMetrics(Chain chain) {
		return new PoolMetrics(chain);
	}

	@Bean
	MeterBinder heldBytesMetrics(HeldBytes held) {
		return (registry) -> Gauge.builder("sluice.http.held-bytes", held, HeldBytes::held)
			.baseUnit("bytes")
			.description("what is held of all requests")
			.register(registry);
	}

	@Bean
	DoctorEndpoint doctorEndpoint(Chain chain) {
		return new DoctorEndpoint(chain, new Doctor());
	}

	@Bean
	ApplicationListener<ApplicationReadyEvent> tokensAndRuntimes(Chain chain) {
		return (ready) -> chain.start();
	}

	@Bean
	StartupBlock startupBlock(Chain chain, Clients clients) {
		return new StartupBlock("gateway",
				() -> Stream.concat(Stream.of(clients.description()), chain.description().stream()).toList());
	}

}
