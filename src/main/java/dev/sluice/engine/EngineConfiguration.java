package dev.sluice.engine;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/**
 * Makes the engine of {@code sluice.engine}.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(EngineProperties.class)
public class EngineConfiguration {

	@Bean
	@Lazy
	Engine engine(EngineProperties properties) {
		return Engine.start(properties);
	}

}
