package dev.sluice.emulator;

import java.net.URI;

/**
 * What runs in a session, behind its target port.
 */
interface Container extends AutoCloseable {

	/**
	 * Where it listens.
	 * @return its address, without a path
	 */
	URI address();

	/**
	 * Ends it, and breaks its connections. Does not block.
	 */
	@Override
	void close();

	/** Starts containers; may block. */
	@FunctionalInterface
	interface Starter {

		Container start();

	}

}
