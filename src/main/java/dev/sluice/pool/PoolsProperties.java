package dev.sluice.pool;

import java.util.List;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Size;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The pools to use. With none the gateway starts one of its own on this machine.
 *
 * @param pools the pools; this version serves one
 */
@Validated
@ConfigurationProperties("sluice")
record PoolsProperties(@DefaultValue @Size(max = 1,
		message = "holds several pools, and this version serves one") List<@Valid PoolProperties> pools) {
}
