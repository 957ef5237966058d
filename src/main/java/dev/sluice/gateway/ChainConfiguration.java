package dev.sluice.gateway;

import java.util.List;
import java.util.Optional;

import dev.sluice.emulator.EmbeddedPool;
import dev.sluice.emulator.EmbeddedPoolConfiguration;
import dev.sluice.http.HostRule;
import dev.sluice.http.StartRefusedException;
import dev.sluice.pool.Pool;
import dev.sluice.pool.PoolConfiguration;
import dev.sluice.pool.PoolFactory;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Puts the chain together: the pool that is configured, or else one in this process.
 */
@Configuration(proxyBeanMethods = false)
@Import({ PoolConfiguration.class, EmbeddedPoolConfiguration.class })
public class ChainConfiguration {

	@Bean
	Chain chain(PoolFactory pools, ObjectProvider<EmbeddedPool> embedded, ObjectProvider<ServerProperties> servers) {
		Optional<Pool> configured = pools.configured();
		if (configured.isPresent()) {
			return Chain.of(configured.get(), List.of());
		}
		ServerProperties server = servers.getIfAvailable();
		if (server != null && !HostRule.isLoopback(server.getAddress())) {
			throw new StartRefusedException(
					"No pool is configured, and the one that a gateway starts by itself runs programs on this machine, "
							+ "so it is for loopback only.",
					"Set sluice.pools[0].endpoint to the session pool's management endpoint, or server.address to 127.0.0.1.");
		}
		return embedded(pools, embedded);
	}

	private static Chain embedded(PoolFactory pools, ObjectProvider<EmbeddedPool> embedded) {
		try {
			EmbeddedPool pool = embedded.getObject();
			return Chain.of(pools.embedded(pool.endpoint(), pool.token()), pool.description());
		}
		catch (BeanCreationException ex) {
			if (ex.getMostSpecificCause() instanceof StartRefusedException refused) {
				return Chain.none(String.valueOf(refused.getMessage()));
			}
			throw ex;
		}
	}

}
