package dev.sluice.gateway;

import java.util.List;
import java.util.Optional;

import dev.sluice.admission.AdmissionConfiguration;
import dev.sluice.admission.AdmissionFactory;
import dev.sluice.emulator.EmbeddedPool;
import dev.sluice.emulator.EmbeddedPoolConfiguration;
import dev.sluice.http.HostRule;
import dev.sluice.http.StartRefusedException;
import dev.sluice.pool.PoolConfiguration;
import dev.sluice.pool.PoolFactory;
import dev.sluice.pool.Pools;

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
@Import({ AdmissionConfiguration.class, PoolConfiguration.class, EmbeddedPoolConfiguration.class })
public class ChainConfiguration {

	@Bean
	Chain chain(PoolFactory pools, AdmissionFactory admissions, ObjectProvider<EmbeddedPool> embedded,
			ObjectProvider<ServerProperties> servers) {
		Optional<Pools> configured = pools.configured();
		if (configured.isPresent()) {
			return chain(configured.get(), admissions, List.of());
		}
		ServerProperties server = servers.getIfAvailable();
		if (server != null && !HostRule.isLoopback(server.getAddress())) {
			throw new StartRefusedException(
					OpenRule.at(server.getAddress())
							+ "no pool is configured, and the one that a gateway starts by itself "
							+ "runs programs on this machine, so it is for loopback only.",
					"Set sluice.pools[0].endpoint to the session pool's management endpoint, or server.address to 127.0.0.1.");
		}
		return embedded(pools, admissions, embedded);
	}

	private static Chain chain(Pools pools, AdmissionFactory admissions, List<String> description) {
		return Chain.of(pools, admissions.before(pools), description);
	}

	private static Chain embedded(PoolFactory pools, AdmissionFactory admissions,
			ObjectProvider<EmbeddedPool> embedded) {
		try {
			EmbeddedPool pool = embedded.getObject();
			return chain(pools.embedded(pool.endpoint(), pool.token()), admissions, pool.description());
		}
		catch (BeanCreationException ex) {
			if (ex.getMostSpecificCause() instanceof StartRefusedException refused) {
				return Chain.none(String.valueOf(refused.getMessage()));
			}
			throw ex;
		}
	}

}
