package dev.sluice.api;

import dev.sluice.http.HeldBytes;
import dev.sluice.http.HttpProperties;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Makes the front doors.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ DeadlineProperties.class, LimitsProperties.class })
public class ApiConfiguration {

	@Bean
	PistonApiFactory pistonApiFactory(HttpProperties bounds, HeldBytes held, DeadlineProperties deadline,
			LimitsProperties limits) {
		return (executor, runtimes) -> new PistonApi(executor, runtimes, bounds, held, deadline, limits);
	}

}
