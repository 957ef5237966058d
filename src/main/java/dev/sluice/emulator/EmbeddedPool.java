package dev.sluice.emulator;

import java.net.URI;
import java.util.List;

import dev.sluice.adapter.Adapter;
import dev.sluice.http.LoopbackServer;

/**
 * An emulated pool inside this process. It listens on loopback, and accepts a random
 * token that only this process knows.
 */
public final class EmbeddedPool implements AutoCloseable {

	private final Emulator emulator;

	private final LoopbackServer server;

	private final String token;

	private final Adapter adapter;

	EmbeddedPool(Emulator emulator, String token, Adapter adapter) {
		this.emulator = emulator;
		this.server = LoopbackServer.start(emulator.routes());
		this.token = token;
		this.adapter = adapter;
	}

	/**
	 * Where it listens.
	 * @return its address
	 */
	public URI endpoint() {
		return this.server.address();
	}

	/**
	 * The token that it accepts.
	 * @return a secret
	 */
	public String token() {
		return this.token;
	}

	/**
	 * What runs in its sessions, for a start-up block.
	 * @return a heading and what there is to say of it, a line each
	 */
	public List<String> description() {
		return this.adapter.description();
	}

	@Override
	public void close() {
		this.server.close();
		this.emulator.close();
	}

}
