package dev.sluice.gateway;

import java.util.List;
import java.util.Objects;

import dev.sluice.execution.Observer;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.netty4.NettyAllocatorMetrics;
import io.micrometer.observation.ObservationRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * What is told of executions: metrics always, log lines and spans where they are wanted.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ LogProperties.class, MetricsProperties.class, TracingProperties.class })
class SeenConfiguration {

	@Bean
	ExecutionMetrics executionMetrics(MeterRegistry registry) {
		return new ExecutionMetrics(registry);
	}

	@Bean
	@Conditional(OnExecutionLog.class)
	ExecutionLog executionLog(LogProperties properties, Environment environment) {
		return new ExecutionLog(OnExecutionLog.isStructured(environment) ? LogLine.FIELDS : LogLine.TEXT,
				properties.maxPending());
	}

	@Bean
	@Conditional(OnExecutionLog.class)
	MeterBinder executionLogMetrics(ExecutionLog log) {
		return (registry) -> FunctionCounter.builder("sluice.log.dropped", log, ExecutionLog::dropped)
			.baseUnit("lines")
			.description("lines of executions that could not be written in time")
			.register(registry);
	}

	@Bean
	@Conditional(OnTracing.class)
	ExecutionSpans executionSpans(TracingProperties properties, Environment environment) {
		return new ExecutionSpans(environment.getProperty("spring.application.name", "sluice-gateway"),
				Objects.requireNonNull(properties.endpoint()), properties);
	}

	@Bean
	Observers observers(List<Observer> all) {
		return new Observers(all);
	}

	@Bean
	MeterBinder allocatorMetrics() {
		return (registry) -> {
			if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider allocator) {
				new NettyAllocatorMetrics(allocator).bindTo(registry);
			}
		};
	}

	/**
	 * Spring's own observation of each request costs more than all of ours, and says
	 * less.
	 */
	@Bean
	@ConditionalOnBooleanProperty(name = "sluice.metrics.http-requests", havingValue = false, matchIfMissing = true)
	ObservationRegistry observationRegistry() {
		return ObservationRegistry.NOOP;
	}

}
