package dev.sluice.gateway;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Part of the readiness: red until the first token is there. It is not red under an
 * outage, as another instance would fare no better.
 */
final class PoolsHealth implements HealthIndicator {

	private final Chain chain;

	PoolsHealth(Chain chain) {
		this.chain = chain;
	}

	@Override
	public Health health() {
		return this.chain.isReady() ? Health.up().build()
				: Health.outOfService().withDetail("reason", "no pool has a token yet").build();
	}

}
