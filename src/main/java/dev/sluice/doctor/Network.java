package dev.sluice.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

import dev.sluice.doctor.Finding.State;

/**
 * What lies below HTTP: a name, a connection, TLS.
 */
final class Network {

	private static final int WITHIN_MILLIS = 5000;

	private Network() {
	}

	/**
	 * Looks at an endpoint. Blocks for some seconds at most for each step.
	 * @param endpoint the endpoint
	 * @return a finding for each of the three links
	 */
	static List<Finding> examine(URI endpoint) {
		List<Finding> findings = new ArrayList<>();
		boolean secure = "https".equals(endpoint.getScheme());
		int port = (endpoint.getPort() >= 0) ? endpoint.getPort() : secure ? 443 : 80;
		Link at = Link.NAME;
		try {
			InetAddress address = InetAddress.getByName(endpoint.getHost());
			findings.add(new Finding(at.text(), State.SOUND, endpoint.getHost() + " is " + address.getHostAddress()));
			at = Link.CONNECTS;
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress(address, port), WITHIN_MILLIS);
				findings.add(new Finding(at.text(), State.SOUND, "something listens at port " + port));
				at = Link.TLS;
				findings.add(new Finding(at.text(), State.SOUND,
						secure ? shakeHands(socket, endpoint.getHost(), port) : "not used, as the endpoint is http"));
			}
		}
		catch (IOException ex) {
			findings.add(new Finding(at.text(), State.BROKEN, mend(at, endpoint) + " (" + ex.getMessage() + ")"));
		}
		return findings;
	}

	private static String shakeHands(Socket socket, String host, int port) throws IOException {
		SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
		try (SSLSocket secure = (SSLSocket) factory.createSocket(socket, host, port, false)) {
			secure.setSoTimeout(WITHIN_MILLIS);
			secure.startHandshake();
			return secure.getSession().getProtocol() + ", its certificate is trusted";
		}
	}

	private static String mend(Link at, URI endpoint) {
		return switch (at) {
			case NAME -> "the name " + endpoint.getHost() + " does not resolve: check the pool's endpoint";
			case CONNECTS -> "nothing accepts connections there: check the pool's endpoint, and the network";
			default -> "the handshake failed: check that nothing in between replaces certificates";
		};
	}

}
