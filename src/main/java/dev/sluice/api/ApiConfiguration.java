package dev.sluice.api;

import dev.sluice.http.HttpProperties;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Makes the front doors.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ ConnectProperties.class, DeadlineProperties.class })
public class ApiConfiguration {

	@Bean
	PistonApiFactory pistonApiFactory(HttpProperties bounds, DeadlineProperties deadline, ConnectProperties connect) {
		return (executor, runtimes) -> new PistonApi(executor, runtimes, bounds, deadline, connect);
	}

}
