package dev.sluice.api;

import dev.sluice.http.HeldBytes;
import dev.sluice.http.HttpProperties;
import dev.sluice.http.Origins;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Makes the front doors.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ ConnectProperties.class, DeadlineProperties.class, LimitsProperties.class })
public class ApiConfiguration {

	@Bean
	PistonApiFactory pistonApiFactory(HttpProperties bounds, HeldBytes held, Origins origins,
			DeadlineProperties deadline, LimitsProperties limits, ConnectProperties connect) {
		return (gate, executor, runtimes, observer) -> new PistonApi(gate, executor, runtimes, bounds, held, deadline,
				limits, new ConnectApi(connect, origins), observer);
	}

}
