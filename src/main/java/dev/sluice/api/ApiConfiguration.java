package dev.sluice.api;

import dev.sluice.execution.Drain;
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
	Drain drain() {
		return new Drain();
	}

	@Bean
	PistonApiFactory pistonApiFactory(HttpProperties bounds, HeldBytes held, Origins origins, Drain drain,
			DeadlineProperties deadline, LimitsProperties limits, ConnectProperties connect) {
		return (gate, executor, runtimes, observer) -> new PistonApi(gate, drain, executor, runtimes, bounds, held,
				deadline, limits, new ConnectApi(connect, origins, held, drain), observer);
	}

}
