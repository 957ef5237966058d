package dev.sluice.http;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * On loopback, serves only who asks for a loopback name. A web page of a stranger can
 * bring a browser to call 127.0.0.1 under the stranger's own name (DNS rebinding), and
 * these servers run code.
 */
public final class HostRule implements WebFilter, Ordered {

	/** The setting that adds names. */
	public static final String SETTING = "sluice.http.hosts";

	/** Before all but what marks its refusal too. */
	static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 10;

	private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

	private final boolean onLoopback;

	private final Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

	/**
	 * Makes the rule.
	 * @param onLoopback whether the server listens on loopback; elsewhere all pass
	 * @param names more names to serve
	 */
	public HostRule(boolean onLoopback, Set<String> names) {
		this.onLoopback = onLoopback;
		this.names.addAll(LOOPBACK);
		this.names.addAll(names);
	}

	/**
	 * Whether an address is one of this machine's own.
	 * @param address the address that a server is bound to; null means all
	 * @return whether only this machine reaches it
	 */
	public static boolean isLoopback(@Nullable InetAddress address) {
		return address != null && address.isLoopbackAddress();
	}

	@Override
	public int getOrder() {
		return ORDER;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		String host = exchange.getRequest().getHeaders().getFirst(HttpHeaders.HOST);
		if (!this.onLoopback || host != null && isServed(host)) {
			return chain.filter(exchange);
		}
		return Mono.error(ExecutionFailure.refused(FailureCode.HOST_REFUSED,
				"This server listens on loopback, and runs code only for who asks for it by a loopback name; to serve it "
						+ "by the name in your Host header too, add that name to " + SETTING));
	}

	private boolean isServed(String host) {
		int port = host.lastIndexOf(':');
		boolean hasPort = port > host.lastIndexOf(']');
		String name = (hasPort ? host.substring(0, port) : host).toLowerCase(Locale.ROOT);
		return this.names.contains(name);
	}

}
