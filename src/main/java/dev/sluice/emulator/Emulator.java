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

	private final SessionPoolApi api;

	private Emulator(Sessions sessions, SessionPoolApi api) {
		this.sessions = sessions;
		this.api = api;
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
		Sessions sessions = new Sessions(properties, starter, Clock.systemUTC());
		return new Emulator(sessions, new SessionPoolApi(properties, sessions, new Forwarder(), token));
	}

	RouterFunction<ServerResponse> routes() {
		return this.api.routes();
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
