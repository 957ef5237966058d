package dev.sluice.emulator;

import java.net.URI;
import java.time.Clock;

import dev.sluice.adapter.Adapter;
import dev.sluice.http.LoopbackServer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * An emulated session pool.
 */
final class Emulator implements AutoCloseable {

	private final Sessions sessions;

	private final RouterFunction<ServerResponse> routes;

	private Emulator(Sessions sessions, RouterFunction<ServerResponse> routes) {
		this.sessions = sessions;
		this.routes = routes;
	}

	/**
	 * Makes a pool.
	 * @param properties its settings
	 * @param token the token that it accepts
	 * @param adapter the adapter for its sessions, where they have no other
	 * @return the pool, to be closed
	 */
	static Emulator create(EmulatorProperties properties, String token, ObjectProvider<Adapter> adapter) {
		URI adapterUrl = properties.adapterUrl();
		Container.Starter starter = (adapterUrl != null) ? () -> new SharedContainer(adapterUrl)
				: inThisProcess(adapter.getObject());
		return create(properties, token, starter, Clock.systemUTC());
	}

	/**
	 * Makes a pool.
	 * @param properties its settings
	 * @param token the token that it accepts
	 * @param starter starts what runs in its sessions
	 * @param clock tells how long sessions are idle
	 * @return the pool, to be closed
	 */
	static Emulator create(EmulatorProperties properties, String token, Container.Starter starter, Clock clock) {
		Stats stats = new Stats();
		FaultPlan faults = new FaultPlan(properties.faults());
		AcceptedToken accepted = new AcceptedToken(token);
		Sessions sessions = new Sessions(properties, starter, stats, clock);
		Ingress ingress = new Ingress(sessions, new Forwarder(stats), stats, properties.ingressTimeout());
		AdminApi admin = new AdminApi(stats, faults, accepted, new AcceptedToken(token));
		SessionPoolApi api = new SessionPoolApi(properties, sessions, ingress, faults, stats, accepted);
		return new Emulator(sessions, admin.routes().and(api.routes()));
	}

	RouterFunction<ServerResponse> routes() {
		return this.routes;
	}

	@Override
	public void close() {
		this.sessions.close();
	}

	private static Container.Starter inThisProcess(Adapter adapter) {
		return () -> new OwnContainer(LoopbackServer.start(adapter.routes()));
	}

	/**
	 * An adapter in this process, on a port of its own.
	 *
	 * @param server its server
	 */
	private record OwnContainer(LoopbackServer server) implements Container {

		@Override
		public URI address() {
			return this.server.address();
		}

		@Override
		public void close() {
			this.server.close();
		}

	}

	/**
	 * An adapter elsewhere, which all sessions share, and which outlives them.
	 *
	 * @param address where it listens
	 */
	private record SharedContainer(URI address) implements Container {

		@Override
		public void close() {
			// It is not ours to end.
		}

	}

}
