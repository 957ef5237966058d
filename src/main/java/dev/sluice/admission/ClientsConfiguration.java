package dev.sluice.admission;

import java.time.Duration;

import io.netty.channel.ChannelOption;
import jakarta.validation.Validator;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Makes the gate of {@code sluice.clients}.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ClientsProperties.class)
public class ClientsConfiguration {

	private static final Duration LOOKS_EVERY = Duration.ofSeconds(2);

	@Bean
	Clients clients(ClientsProperties properties, Validator validator) {
		return new Clients(properties, validator, LOOKS_EVERY, http(properties.jwt()));
	}

	/** An issuer is asked so seldom that a connection to it is not worth keeping. */
	static WebClient http(@Nullable JwtProperties jwt) {
		HttpClient client = HttpClient.newConnection().disableRetry(true);
		if (jwt != null) {
			client = client.responseTimeout(jwt.timeout())
				.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) jwt.timeout().toMillis());
		}
		return WebClient.builder().clientConnector(new ReactorClientHttpConnector(client)).build();
	}

}
