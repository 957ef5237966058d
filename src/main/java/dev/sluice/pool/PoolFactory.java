package dev.sluice.pool;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

import io.netty.channel.ChannelOption;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.ExchangeFunctions;

/**
 * Makes pools, configured or not.
 */
public final class PoolFactory {

	/**
	 * Sessions are stopped over connections of their own, so as not to compete with
	 * executions.
	 */
	private static final int MANAGEMENT_CONNECTIONS = 50;

	/** How many may wait for each connection. */
	private static final int PENDING = 2;

	private final PoolsProperties properties;

	PoolFactory(PoolsProperties properties) {
		this.properties = properties;
	}

	/**
	 * The pool that is configured.
	 * @return the pool, or nothing
	 */
	public Optional<Pool> configured() {
		return this.properties.pools().stream().findFirst().map(PoolFactory::pool);
	}

	/**
	 * A pool that this process embeds, reached over the wire as any other is, with the
	 * settings that any other would have by default.
	 * @param endpoint where it listens
	 * @param token the token that it accepts
	 * @return the pool
	 */
	public Pool embedded(URI endpoint, String token) {
		Map<String, String> settings = Map.of("pool.name", "embedded", "pool.endpoint", endpoint.toString(),
				"pool.identifier", "none", "pool.credential.kind", "static", "pool.credential.token", token);
		return pool(
				new Binder(new MapConfigurationPropertySource(settings)).bind("pool", Bindable.of(PoolProperties.class))
					.get());
	}

	private static Pool pool(PoolProperties properties) {
		ExchangeFunction http = http(properties, properties.name(), properties.maxConnections());
		CredentialProperties credential = properties.credential();
		Tokens tokens = new Tokens(properties.name(), Credentials.of(credential), credential.scope(),
				credential.timeout());
		Identifiers identifiers = switch (properties.identifier()) {
			case NONE -> Identifiers.none();
			case FRESH -> new FreshIdentifiers(properties,
					http(properties, properties.name() + "-management", MANAGEMENT_CONNECTIONS));
		};
		return switch (properties.kind()) {
			case CUSTOM_CONTAINER -> new CustomContainerPool(properties, http, tokens, identifiers);
		};
	}

	/**
	 * The lower half of WebClient: what its fluent half adds to each call is not needed
	 * here. A redirect is not followed, and nothing is sent again by itself.
	 */
	private static ExchangeFunction http(PoolProperties properties, String name, int most) {
		ConnectionProvider connections = ConnectionProvider.builder("pool-" + name)
			.maxConnections(most)
			.pendingAcquireMaxCount(PENDING * most)
			.pendingAcquireTimeout(properties.acquireTimeout())
			.maxIdleTime(properties.idleTimeout())
			.lifo()
			.build();
		HttpClient client = HttpClient.create(connections)
			.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) properties.connectTimeout().toMillis())
			.responseTimeout(properties.responseTimeout())
			.disableRetry(true);
		return ExchangeFunctions.create(new ReactorClientHttpConnector(client));
	}

}
