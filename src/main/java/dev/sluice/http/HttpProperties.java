package dev.sluice.http;

import java.time.Duration;
import java.util.Set;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * What all servers share.
 *
 * @param hosts names, other than loopback's, that a server on loopback is called by
 * @param maxBody how large a request body may be
 * @param bodyTimeout how long a request body may take to come
 */
@Validated
@ConfigurationProperties("sluice.http")
public record HttpProperties(@DefaultValue Set<String> hosts, @DefaultValue("64MB") DataSize maxBody,
		@DefaultValue("60s") Duration bodyTimeout) {
}
