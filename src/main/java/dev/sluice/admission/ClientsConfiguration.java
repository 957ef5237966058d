package dev.sluice.admission;

import java.time.Duration;

import jakarta.validation.Validator;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Makes the gate of {@code sluice.clients}.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ClientsProperties.class)
public class ClientsConfiguration {

	private static final Duration LOOKS_EVERY = Duration.ofSeconds(2);

	@Bean
	Clients clients(ClientsProperties properties, Validator validator) {
		return new Clients(properties, validator, LOOKS_EVERY);
	}

}
