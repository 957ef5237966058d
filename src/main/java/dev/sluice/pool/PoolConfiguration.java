package dev.sluice.pool;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Makes the pools of {@code sluice.pools}.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PoolsProperties.class)
public class PoolConfiguration {

	@Bean
	PoolFactory poolFactory(PoolsProperties properties) {
		return new PoolFactory(properties);
	}

}
