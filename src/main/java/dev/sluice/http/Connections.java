package dev.sluice.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import reactor.netty.http.server.HttpServer;

/**
 * The connections that clients have open to a server.
 */
public final class Connections {

	private final Set<Channel> open = ConcurrentHashMap.newKeySet();

	/** Has a server's connections counted. */
	HttpServer of(HttpServer server) {
		return server.doOnChannelInit((observer, channel, address) -> {
			this.open.add(channel);
			ChannelFuture _ = channel.closeFuture().addListener((closed) -> this.open.remove(channel));
		});
	}

	/**
	 * How many there are.
	 * @return the number
	 */
	public int count() {
		return this.open.size();
	}

	/**
	 * Breaks all of them, so that no half of an answer looks like all of it.
	 */
	public void reset() {
		this.open.forEach(Connections::reset);
	}

	/** What still waits to leave is thrown away, by the system too. */
	static void reset(Channel channel) {
		channel.config().setOption(ChannelOption.SO_LINGER, 0);
		ChannelFuture _ = channel.close();
	}

}
