package dev.sluice;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

import javax.net.ServerSocketFactory;

import mockwebserver3.MockWebServer;

/**
 * Servers whose answers leave at once: a {@link MockWebServer} writes head and body one
 * by one, and its body waits 40 ms for the client's word that the head has come.
 */
public final class PromptServers extends ServerSocketFactory {

	private PromptServers() {
	}

	/** A server, not started yet. */
	public static MockWebServer server() {
		MockWebServer server = new MockWebServer();
		server.setServerSocketFactory(new PromptServers());
		return server;
	}

	@Override
	public ServerSocket createServerSocket() throws IOException {
		return new ServerSocket() {

			@Override
			public Socket accept() throws IOException {
				Socket socket = super.accept();
				socket.setTcpNoDelay(true);
				return socket;
			}

		};
	}

	@Override
	public ServerSocket createServerSocket(int port) {
		throw new UnsupportedOperationException();
	}

	@Override
	public ServerSocket createServerSocket(int port, int backlog) {
		throw new UnsupportedOperationException();
	}

	@Override
	public ServerSocket createServerSocket(int port, int backlog, InetAddress address) {
		throw new UnsupportedOperationException();
	}

}
