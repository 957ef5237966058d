package dev.sluice.pool;

import java.util.ArrayList;
import java.util.List;

import jakarta.validation.Valid;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.validation.annotation.Validated;

/**
 * The pools to use. With none the gateway starts one of its own on this machine.
 *
 * @param pools the pools
 * @param retry how executions are sent again
 */
@Validated
@ConfigurationProperties("sluice")
record PoolsProperties(@DefaultValue List<@Valid PoolProperties> pools,
		@DefaultValue @Valid @NestedConfigurationProperty RetryProperties retry) {

	/** Names are how pools are told apart in messages and metrics. */
	void checkNames() {
		List<String> names = new ArrayList<>();
		for (PoolProperties pool : this.pools) {
			if (names.contains(pool.name())) {
				throw new InvalidConfigurationPropertyValueException("sluice.pools[" + names.size() + "].name",
						pool.name(), "sluice.pools[" + names.indexOf(pool.name())
								+ "] has that name, too, and each pool must have one of its own");
			}
			names.add(pool.name());
		}
	}

}
