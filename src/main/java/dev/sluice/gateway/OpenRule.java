package dev.sluice.gateway;

import java.net.InetAddress;

import dev.sluice.admission.Clients;
import dev.sluice.http.HostRule;
import dev.sluice.http.StartRefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Strangers run programs only where somebody said so.
 */
final class OpenRule {

	private OpenRule() {
	}

	/**
	 * Refuses to serve everybody unasked, but on loopback.
	 * @param clients who may come in
	 * @param address the address that the server is bound to; null means all
	 * @throws StartRefusedException with what to set
	 */
	static void check(Clients clients, @Nullable InetAddress address) {
		if (clients.isOpenUnasked() && !HostRule.isLoopback(address)) {
			throw new StartRefusedException(
					at(address) + "nothing says who may come in: whoever reaches this gateway could run programs.",
					"Set sluice.clients.keys or sluice.clients.file to the clients' keys, or sluice.clients.jwt.issuer and "
							+ ".audience to whose tokens are taken; or sluice.clients.open=true, where something before it "
							+ "keeps strangers out; or server.address to 127.0.0.1.");
		}
	}

	/**
	 * Says where more than loopback reaches a gateway.
	 * @param address the address that its server is bound to; null means all
	 * @return the beginning of a sentence
	 */
	static String at(@Nullable InetAddress address) {
		return (address != null) ? "server.address is " + address.getHostAddress() + ", but "
				: "server.address is not set, but ";
	}

}
