package dev.sluice.gateway;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.sluice.admission.AdmissionFactory;
import dev.sluice.admission.Clients;
import dev.sluice.admission.ClientsConfiguration;
import dev.sluice.api.ApiConfiguration;
import dev.sluice.api.PistonApi;
import dev.sluice.api.PistonApiFactory;
import dev.sluice.doctor.Doctor;
import dev.sluice.execution.Drain;
import dev.sluice.http.Connections;
import dev.sluice.http.FailureHandler;
import dev.sluice.http.FrontConfiguration;
import dev.sluice.http.HeldBytes;
import dev.sluice.http.HttpConfiguration;
import dev.sluice.http.ShortWay;
import dev.sluice.http.StartupBlock;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.webflux.autoconfigure.WebHttpHandlerBuilderCustomizer;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.adapter.ForwardedHeaderTransformer;

/**
 * The gateway as a process of its own.
 */
@Configuration(proxyBeanMethods = false)
// What nobody uses here need not be looked at at each start.
@EnableAutoConfiguration(excludeName = {
		"org.springframework.boot.actuate.autoconfigure.endpoint.jackson.Jackson2EndpointAutoConfiguration",
		"org.springframework.boot.autoconfigure.aop.AopAutoConfiguration",
		"org.springframework.boot.http.client.autoconfigure.metrics.HttpClientMetricsAutoConfiguration",
		"org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration",
		"org.springframework.boot.webflux.autoconfigure.ReactiveMultipartAutoConfiguration",
		"org.springframework.boot.micrometer.observation.autoconfigure.ScheduledTasksObservationAutoConfiguration",
		"org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration",
		"org.springframework.boot.micrometer.metrics.autoconfigure.task.TaskExecutorMetricsAutoConfiguration",
		"org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration",
		"org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration",
		"org.springframework.boot.webclient.autoconfigure.WebClientObservationAutoConfiguration",
		"org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration",
		"org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration" })
@EnableConfigurationProperties(DrainProperties.class)
@Import({ ApiConfiguration.class, ChainConfiguration.class, ClientsConfiguration.class, HttpConfiguration.class,
		FrontConfiguration.class, SeenConfiguration.class })
public class GatewayProcess {

	/** The properties that this process has where nobody sets others. */
	public static final Map<String, Object> DEFAULTS = Map.ofEntries(Map.entry("server.address", "127.0.0.1"),
			Map.entry("server.port", "8080"), Map.entry("management.server.address", "127.0.0.1"),
			Map.entry("management.server.port", "8081"), Map.entry("spring.application.name", "sluice-gateway"),
			Map.entry("server.shutdown", "graceful"), Map.entry("spring.lifecycle.timeout-per-shutdown-phase", "3s"),
			Map.entry("server.compression.enabled", "true"),
			Map.entry("server.compression.mime-types", "application/json"),
			Map.entry("server.compression.min-response-size", "4KB"),
			Map.entry("management.endpoints.web.exposure.include", "health,info,metrics,prometheus,pools,doctor"),
			Map.entry("management.endpoint.health.probes.enabled", "true"),
			Map.entry("management.endpoint.health.group.liveness.include", "livenessState"),
			Map.entry("management.endpoint.health.group.readiness.include", "readinessState,pools"));

	@Bean
	PistonApi pistonApi(Chain chain, PistonApiFactory apis, Clients clients, ServerProperties server,
			Observers observers) {
		OpenRule.check(clients, server.getAddress());
		return apis.create(clients, chain.executor(), chain.runtimes(), observers);
	}

	@Bean
	RouterFunction<ServerResponse> routes(PistonApi api) {
		return api.routes();
	}

	@Bean
	WebHttpHandlerBuilderCustomizer shortWay(PistonApi api, ObjectProvider<WebFilter> filters, FailureHandler failures,
			ServerCodecConfigurer codecs, ObjectProvider<ForwardedHeaderTransformer> forwarded,
			MetricsProperties metrics) {
		return (builder) -> {
			// It is the long way that reads who stands before us, and that Spring
			// observes.
			if (forwarded.getIfAvailable() == null && !metrics.httpRequests()) {
				builder.httpHandlerDecorator((longWay) -> new ShortWay(api::isExecution, api::serve,
						filters.orderedStream().toList(), failures, codecs, longWay));
			}
		};
	}

	@Bean
	PoolsHealth poolsHealthIndicator(Chain chain) {
		return new PoolsHealth(chain);
	}

	@Bean
	ReadinessMetrics readinessMetrics(Chain chain, ApplicationAvailability availability) {
		return new ReadinessMetrics(chain, availability);
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
	AdmissionMetrics admissionMetrics(Chain chain) {
		return new AdmissionMetrics(chain);
	}

	@Bean
	MeterBinder heldBytesMetrics(HeldBytes held) {
		return (registry) -> Gauge.builder("sluice.http.held-bytes", held, HeldBytes::held)
			.baseUnit("bytes")
			.description("what is held of all requests and answers")
			.register(registry);
	}

	@Bean
	MeterBinder connectionMetrics(Connections connections) {
		return (registry) -> Gauge.builder("sluice.http.connections", connections, Connections::count)
			.description("connections that clients have open")
			.register(registry);
	}

	@Bean
	DrainAtEnd drainAtEnd(Drain drain, Connections connections, DrainProperties properties) {
		return new DrainAtEnd(drain, connections, properties);
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
	StartupBlock startupBlock(Chain chain, Clients clients, AdmissionFactory admissions, PistonApi api,
			DrainProperties drain) {
		return new StartupBlock("gateway",
				() -> Stream
					.of(List.of(clients.description()), chain.description(),
							List.of(api.description(), admissions.description(), drain.description()))
					.flatMap(List::stream)
					.toList());
	}

}
