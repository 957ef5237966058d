package dev.sluice.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.http.server.HttpServer;

/**
 * The connections that clients have open to a server.
 */
public final class Connections {

	private static final Logger logger = LoggerFactory.getLogger(Connections.class);

	private final Set<Channel> open = ConcurrentHashMap.newKeySet();

	/** Has a server's connections counted. */
	HttpServer of(HttpServer server) {
		return server.doOnChannelInit((observer, channel, address) -> add(channel));
	}

	/** Counts one until it is closed. */
	void add(Channel channel) {
		this.open.add(channel);
		ChannelFuture _ = channel.closeFuture().addListener((closed) -> this.open.remove(channel));
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
		this.open.forEach(Connections::resetSafely);
	}

	/** One that can't be broken keeps no other from it. */
	private static void resetSafely(Channel channel) {
		try {
			channel.eventLoop().execute(() -> resetNow(channel));
		}
		catch (RuntimeException ex) {
			logger.debug("A connection could not be broken", ex);
		}
	}

	private static void resetNow(Channel channel) {
		try {
			reset(channel);
		}
		catch (RuntimeException ex) {
			logger.debug("A connection could not be broken in order", ex);
			ChannelFuture _ = channel.close();
		}
	}

	/** What still waits to leave is thrown away, by the system too. */
	static void reset(Channel channel) {
		channel.config().setOption(ChannelOption.SO_LINGER, 0);
		ChannelFuture _ = channel.close();
	}

}
