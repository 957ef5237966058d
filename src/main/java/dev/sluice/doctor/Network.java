package dev.sluice.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

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
		return examine(endpoint, (SSLSocketFactory) SSLSocketFactory.getDefault());
	}

	/**
	 * Looks at an endpoint.
	 * @param endpoint the endpoint
	 * @param tls who is trusted
	 * @return a finding for each of the three links
	 */
	static List<Finding> examine(URI endpoint, SSLSocketFactory tls) {
		List<Finding> findings = new ArrayList<>();
		boolean secure = "https".equals(endpoint.getScheme());
		int port = (endpoint.getPort() >= 0) ? endpoint.getPort() : secure ? 443 : 80;
		Link at = Link.NAME;
		try {
			InetAddress address = InetAddress.getByName(endpoint.getHost());
			findings.add(Finding.sound(at, endpoint.getHost() + " is " + address.getHostAddress()));
			at = Link.CONNECTS;
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress(address, port), WITHIN_MILLIS);
				findings.add(Finding.sound(at, "something listens at port " + port));
				at = Link.TLS;
				findings.add(secure ? Finding.sound(at, shakeHands(tls, socket, endpoint.getHost(), port))
						: Finding.absent(at, "not used, as the endpoint is http"));
			}
		}
		catch (IOException | IllegalArgumentException ex) {
			findings.add(Finding.broken(at, seen(at, endpoint) + " (" + ex.getMessage() + ")", mend(at)));
		}
		return findings;
	}

	private static String shakeHands(SSLSocketFactory tls, Socket socket, String host, int port) throws IOException {
		try (SSLSocket secure = (SSLSocket) tls.createSocket(socket, host, port, false)) {
			secure.setSoTimeout(WITHIN_MILLIS);
			SSLParameters parameters = secure.getSSLParameters();
			parameters.setEndpointIdentificationAlgorithm("HTTPS");
			secure.setSSLParameters(parameters);
			secure.startHandshake();
			return secure.getSession().getProtocol() + ", its certificate is trusted and for this host";
		}
	}

	private static String seen(Link at, URI endpoint) {
		return switch (at) {
			case NAME -> "the name " + endpoint.getHost() + " does not resolve";
			case CONNECTS -> "nothing accepts connections there";
			default -> "the handshake failed";
		};
	}

	private static String mend(Link at) {
		return switch (at) {
			case NAME -> "endpoint: the pool's management endpoint; or this machine's DNS, where the pool is private";
			case CONNECTS -> "endpoint, and the network's rules for this machine";
			default -> "what replaces certificates in between, or the certificates that this JVM trusts";
		};
	}

}
