package dev.sluice.pool;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.sluice.http.HeldBytes;
import dev.sluice.pool.PoolProperties.Kind;
import io.netty.channel.ChannelOption;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Schedulers;
import reactor.netty.NettyPipeline;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;

/**
 * Makes pools, configured or not.
 */
public final class PoolFactory {

	/**
	 * Sessions are stopped over connections of their own, so as not to compete with
	 * executions.
	 */
	private static final int MANAGEMENT_CONNECTIONS = 50;

	/**
	 * What programs are told may wait for them to read it, and must not hold up what ends
	 * them: for so many executions there is a connection more.
	 */
	private static final int EXECUTIONS_PER_INPUT_CONNECTION = 4;

	/** How many may wait for each connection. */
	private static final int PENDING = 2;

	/** How often idle connections are looked at, at least. */
	private static final Duration LOOKED_AT_EVERY = Duration.ofSeconds(30);

	private final PoolsProperties properties;

	private final HeldBytes held;

	PoolFactory(PoolsProperties properties, HeldBytes held) {
		this.properties = properties;
		this.held = held;
	}

	/**
	 * The pools that are configured.
	 * @return the pools, to be closed; nothing where there are none
	 */
	public Optional<Pools> configured() {
		return this.properties.pools().isEmpty() ? Optional.empty() : Optional.of(pools(this.properties.pools()));
	}

	/**
	 * A pool that this process embeds, reached over the wire as any other is, with the
	 * settings that any other would have by default.
	 * @param endpoint where it listens
	 * @param token the token that it accepts
	 * @return the pool, to be closed
	 */
	public Pools embedded(URI endpoint, String token) {
		Map<String, String> settings = Map.of("pool.name", "embedded", "pool.endpoint", endpoint.toString(),
				"pool.credential.kind", "static", "pool.credential.token", token);
		return pools(List
			.of(new Binder(new MapConfigurationPropertySource(settings)).bind("pool", Bindable.of(PoolProperties.class))
				.get()));
	}

	private Pools pools(List<PoolProperties> all) {
		// Its source of randomness reads from a device at first, which no event loop may.
		RandomIdentifier.next();
		CopyOnWriteArrayList<Runnable> listeners = new CopyOnWriteArrayList<>();
		Map<CredentialProperties, Tokens> tokens = new HashMap<>();
		List<SessionPool> pools = all.stream()
			.map((properties) -> pool(properties, tokens(properties, tokens), listeners))
			.toList();
		return new Pools(pools, this.properties.retry(), new ArrayList<>(tokens.values()), listeners);
	}

	/** Pools with the same credential share its token. */
	private static TokenSource tokens(PoolProperties pool, Map<CredentialProperties, Tokens> tokens) {
		return switch (pool.kind()) {
			case CUSTOM_CONTAINER -> tokens.computeIfAbsent(pool.credential(), (credential) -> new Tokens(pool.name(),
					Credentials.of(credential), credential, Schedulers.parallel()));
			case PISTON -> TokenSource.NONE;
		};
	}

	private SessionPool pool(PoolProperties properties, TokenSource tokens, List<Runnable> listeners) {
		String name = properties.name();
		ConnectionProvider executions = connections(properties, name, properties.maxConnections(), 0);
		ConnectionProvider management = connections(properties, name + "-management", MANAGEMENT_CONNECTIONS,
				properties.lease().maxSessions());
		ConnectionProvider input = connections(properties, name + "-input",
				Math.max(1, properties.maxConnections() / EXECUTIONS_PER_INPUT_CONNECTION), 0);
		ClientHttpConnector http = http(properties, executions);
		Addresses addresses = new Addresses(properties);
		Wire wire = new Wire(properties, addresses, http, http(properties, management), http(properties, input),
				tokens);
		Quarantine quarantine = new Quarantine(name, wire, properties.lease().cooldown());
		Refusals fullness = new Refusals(System::nanoTime);
		Runnable onRoom = () -> listeners.forEach(Runnable::run);
		Leased leased = new Leased(properties.lease(), fullness, quarantine, System::nanoTime, onRoom);
		Sessions sessions = sessions(properties, fullness, quarantine, leased, onRoom);
		Upkeep upkeep = new Upkeep(wire, sessions, leased, fullness, new PoolBreak(name, properties.endpoint()));
		RetryProperties retry = this.properties.retry();
		Disposable connections = Disposables.composite(executions, management, input);
		return new SessionPool(properties, wire, new Prober(properties, addresses, tokens, http, wire), connections,
				tokens, sessions, fullness, quarantine, upkeep, new PoolBreaker(name, properties.breaker()),
				new RetryBudget(retry.budget(), retry.floor(), System::nanoTime), this.held);
	}

	private static Sessions sessions(PoolProperties properties, Refusals fullness, Quarantine quarantine, Leased leased,
			Runnable onRoom) {
		if (properties.kind() == Kind.PISTON) {
			return new Unnamed(properties.name(), fullness, null, false, onRoom);
		}
		return switch (properties.identifier()) {
			case AUTO -> new Unnamed(properties.name(), fullness, leased, true, onRoom);
			case NONE -> new Unnamed(properties.name(), fullness, leased, false, onRoom);
			case FRESH -> new Fresh(fullness, quarantine, properties.lease().maxSessions(), onRoom);
			case LEASE -> leased;
			case STICKY -> new Sticky(String.valueOf(properties.stickySecret()), properties.lease(), fullness,
					quarantine, leased, System::nanoTime, onRoom);
		};
	}

	/** Of the sessions all may have to be ended at once. */
	private static ConnectionProvider connections(PoolProperties properties, String name, int most, int sessions) {
		return ConnectionProvider.builder("pool-" + name)
			.maxConnections(most)
			.pendingAcquireMaxCount(PENDING * most + sessions)
			.pendingAcquireTimeout(properties.acquireTimeout())
			.maxIdleTime(properties.idleTimeout())
			.evictInBackground(shortest(properties.idleTimeout(), LOOKED_AT_EVERY))
			.lifo()
			.build();
	}

	private static Duration shortest(Duration one, Duration other) {
		return (one.compareTo(other) < 0) ? one : other;
	}

	/**
	 * What WebClient stands on: what that adds to each call is not needed here. A
	 * redirect is not followed, and nothing is sent again by itself.
	 */
	private static ClientHttpConnector http(PoolProperties properties, ConnectionProvider connections) {
		HttpClient client = HttpClient.create(connections)
			.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) properties.connectTimeout().toMillis())
			.doOnChannelInit((observer, channel, address) -> channel.pipeline()
				.addBefore(NettyPipeline.ReactiveBridge, "sluice.patience",
						new Patience(properties.responseTimeout().toNanos()))
				.addBefore(NettyPipeline.ReactiveBridge, "sluice.one-answer-each",
						new OneAnswerEach(properties.name())))
			.disableRetry(true);
		return new ReactorClientHttpConnector(client);
	}

}
