package dev.sluice.pool;

import dev.sluice.http.HeldBytes;

import org.springframework.beans.factory.ObjectProvider;
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
	PoolFactory poolFactory(PoolsProperties properties, ObjectProvider<HeldBytes> held) {
		properties.checkNames();
		// Who serves nobody counts nothing.
		return new PoolFactory(properties, held.getIfAvailable(() -> new HeldBytes(Long.MAX_VALUE)));
	}

}
