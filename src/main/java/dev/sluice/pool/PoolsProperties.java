package dev.sluice.pool;

import java.util.List;

import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The pools to use. With none the gateway starts one of its own on this machine.
 *
 * @param pools the pools
 * @param retry how executions are sent again
 */
@Validated
@ConfigurationProperties("sluice")
record PoolsProperties(@DefaultValue List<@Valid PoolProperties> pools, @DefaultValue @Valid RetryProperties retry) {

	@AssertTrue(message = "must have names that differ: set the name of each pool")
	boolean isEachPoolNamed() {
		return this.pools.stream().map(PoolProperties::name).distinct().count() == this.pools.size();
	}

}
