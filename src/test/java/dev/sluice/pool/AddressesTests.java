package dev.sluice.pool;

import java.net.URI;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

class AddressesTests {

	@Test
	void anIdentifierFollowsTheApiVersion() {
		assertThat(addresses("2024-02-02-preview").execution("abc"))
			.hasToString("https://pool.example/sub/python/execute?api-version=2024-02-02-preview&identifier=abc");
	}

	@Test
	void anIdentifierStandsAloneWhereNoApiVersionIsSent() {
		assertThat(addresses("").execution("abc"))
			.hasToString("https://pool.example/sub/python/execute?identifier=abc");
		assertThat(addresses("").execution(null)).hasToString("https://pool.example/sub/python/execute");
	}

	@Test
	void aSessionsAddressIsMadeOnceAndOnlySoManyAreKept() {
		Addresses addresses = addresses("");
		URI first = addresses.execution("first");
		assertThat(addresses.execution("first")).isSameAs(first);
		for (int i = 0; i < 1000; i++) {
			addresses.execution("other" + i);
		}
		assertThat(addresses.execution("first")).isEqualTo(first).isNotSameAs(first);
	}

	private static Addresses addresses(String apiVersion) {
		return new Addresses(new Binder(new MapConfigurationPropertySource(
				Map.of("pool.name", "one", "pool.endpoint", "https://pool.example/sub", "pool.api-version", apiVersion,
						"pool.credential.kind", "static", "pool.credential.token", "test-token")))
			.bind("pool", PoolProperties.class)
			.get());
	}

}
