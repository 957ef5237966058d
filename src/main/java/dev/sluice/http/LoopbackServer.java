package dev.sluice.http;

import java.net.URI;
import java.time.Duration;
import java.util.Set;

import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.ChannelGroupFuture;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.function.server.HandlerStrategies;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;

/**
 * A server inside this process, on a loopback port that the system chooses.
 */
public final class LoopbackServer implements AutoCloseable {

	private static final Duration STARTS_WITHIN = Duration.ofSeconds(3);

	private final DisposableServer server;

	private final ChannelGroup connections;

	private LoopbackServer(DisposableServer server, ChannelGroup connections) {
		this.server = server;
		this.connections = connections;
	}

	/**
	 * Starts a server. Blocks until it listens.
	 * @param routes what it serves
	 * @return the server, to be closed
	 */
	public static LoopbackServer start(RouterFunction<?> routes) {
		HandlerStrategies strategies = HandlerStrategies.builder()
			.webFilter(new HostRule(true, Set.of()))
			.exceptionHandler(new FailureHandler())
			.build();
		ReactorHttpHandlerAdapter handler = new ReactorHttpHandlerAdapter(
				RouterFunctions.toHttpHandler(routes, strategies));
		ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
		DisposableServer server = ReadableTargets.in(HttpServer.create())
			.host("127.0.0.1")
			.port(0)
			.channelGroup(connections)
			.handle(handler)
			.bindNow(STARTS_WITHIN);
		return new LoopbackServer(server, connections);
	}

	/**
	 * Where it listens.
	 * @return its address, without a path
	 */
	public URI address() {
		return URI.create("http://127.0.0.1:" + this.server.port());
	}

	/**
	 * Stops listening, and breaks the connections that are open. Does not block.
	 */
	@Override
	public void close() {
		this.server.dispose();
		ChannelGroupFuture _ = this.connections.close();
	}

}
