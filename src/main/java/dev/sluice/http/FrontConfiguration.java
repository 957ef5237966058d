package dev.sluice.http;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What a server needs that strangers and their browsers call.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ ConnectionProperties.class, CorsProperties.class })
public class FrontConfiguration {

	@Bean
	NettyServerCustomizer readableTargets() {
		return ReadableTargets::in;
	}

	@Bean
	NettyServerCustomizer slowClients(ConnectionProperties properties) {
		return (server) -> SlowClients.in(server, properties);
	}

	@Bean
	Connections connections() {
		return new Connections();
	}

	@Bean
	NettyServerCustomizer countedConnections(Connections connections) {
		return connections::of;
	}

	@Bean
	SecurityHeaders securityHeaders() {
		return new SecurityHeaders();
	}

	@Bean
	Origins origins(CorsProperties properties) {
		return new Origins(properties.origins());
	}

	@Bean
	CorsRule corsRule(Origins origins, CorsProperties properties) {
		return new CorsRule(origins, properties.maxAge());
	}

}
