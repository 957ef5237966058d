package dev.sluice.http;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What a process with a server of its own needs of this room.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(HttpProperties.class)
public class HttpConfiguration {

	@Bean
	HostRule hostRule(ServerProperties server, HttpProperties properties) {
		return new HostRule(HostRule.isLoopback(server.getAddress()), properties.hosts());
	}

	@Bean
	HeldBytes heldBytes(HttpProperties properties) {
		return new HeldBytes(properties.held());
	}

	@Bean
	FailureHandler failureHandler() {
		return new FailureHandler();
	}

}
