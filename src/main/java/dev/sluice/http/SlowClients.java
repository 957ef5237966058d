package dev.sluice.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/**
 * Ends a connection whose client keeps it waiting: the head of its request does not come,
 * it asks for nothing, or it does not take its answer. A request costs it a look at the
 * clock; all else is seen by a timer, one a connection, which looks rarely.
 * <p>
 * A WebSocket is not its business. A body's time is bounded by who reads it.
 */
final class SlowClients extends ChannelDuplexHandler implements Runnable {

	private static final String NAME = "sluice.slowClients";

	private final long headerTimeout;

	private final long idleTimeout;

	private final long writeTimeout;

	private @Nullable ChannelHandlerContext context;

	private @Nullable Future<?> timer;

	/** Requests whose head has come, and whose answer has not yet left. */
	private int open;

	/** Whether a head has begun to come, or is awaited as the first one. */
	private boolean begun = true;

	/** Since when a head, or its beginning, is awaited. */
	private long since;

	/** Whether what was read last is the end of something. */
	private boolean ended;

	private boolean written;

	private long stuckSince;

	private int stuckAt;

	private long stuckIn;

	private long stuckBefore;

	private SlowClients(ConnectionProperties properties) {
		this.headerTimeout = properties.headerTimeout().toNanos();
		this.idleTimeout = properties.idleTimeout().toNanos();
		this.writeTimeout = properties.writeTimeout().toNanos();
	}

	/**
	 * Has a server's connections watched.
	 * @param server the server
	 * @param properties how long a client may take
	 * @return the server
	 */
	static HttpServer in(HttpServer server, ConnectionProperties properties) {
		int buffer = (int) properties.sendBuffer().toBytes();
		HttpServer bounded = (buffer > 0) ? server.childOption(ChannelOption.SO_SNDBUF, buffer) : server;
		return bounded.doOnChannelInit((observer, channel, address) -> {
			if (channel.pipeline().get(NettyPipeline.HttpCodec) != null) {
				channel.pipeline().addAfter(NettyPipeline.HttpCodec, NAME, new SlowClients(properties));
			}
		});
	}

	@Override
	public void handlerAdded(ChannelHandlerContext added) {
		this.context = added;
		this.since = System.nanoTime();
		lookIn(added, this.headerTimeout);
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext removed) {
		Future<?> mine = this.timer;
		if (mine != null) {
			mine.cancel(false);
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext closed) throws Exception {
		handlerRemoved(closed);
		super.channelInactive(closed);
	}

	@Override
	public void channelRead(ChannelHandlerContext to, Object message) {
		if (message instanceof HttpRequest) {
			this.open++;
			this.ended = true;
		}
		else if (message instanceof LastHttpContent) {
			this.ended = true;
			if (this.open == 0) {
				// A body that came after its answer.
				this.begun = false;
				this.since = System.nanoTime();
			}
		}
		to.fireChannelRead(message);
	}

	/** What comes between two requests, and is no end, begins the next one's head. */
	@Override
	public void channelReadComplete(ChannelHandlerContext to) {
		if (this.open == 0 && !this.ended && !this.begun) {
			this.begun = true;
			this.since = System.nanoTime();
			lookIn(to, this.headerTimeout);
		}
		this.ended = false;
		to.fireChannelReadComplete();
	}

	@Override
	public void write(ChannelHandlerContext to, Object message, ChannelPromise promise) {
		if (message instanceof HttpResponse response) {
			if (response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
				ChannelFuture _ = to.write(message, promise);
				to.pipeline().remove(this);
				return;
			}
			this.written = response.status().codeClass() != HttpStatusClass.INFORMATIONAL;
		}
		if (message instanceof LastHttpContent && this.written) {
			this.written = false;
			this.open = Math.max(0, this.open - 1);
			this.begun = false;
			this.since = System.nanoTime();
		}
		ChannelFuture _ = to.write(message, promise);
	}

	/** The timer's look. */
	@Override
	public void run() {
		ChannelHandlerContext mine = this.context;
		if (mine == null || mine.isRemoved() || !mine.channel().isActive()) {
			return;
		}
		long now = System.nanoTime();
		long left = Math.min(answerLeft(mine.channel(), now), headLeft(now));
		if (left > 0) {
			lookIn(mine, left);
		}
		else {
			Connections.reset(mine.channel());
		}
	}

	private long headLeft(long now) {
		if (this.open > 0) {
			return this.headerTimeout;
		}
		return (this.begun ? this.headerTimeout : this.idleTimeout) - (now - this.since);
	}

	/**
	 * Bytes may wait also where the answer's end was written. That some of them have left
	 * is told by what is at their head, and how much of it is gone.
	 */
	private long answerLeft(Channel channel, long now) {
		ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
		Object first = (waiting != null) ? waiting.current() : null;
		if (waiting == null || first == null) {
			this.stuckAt = 0;
			return Long.MAX_VALUE;
		}
		int head = System.identityHashCode(first);
		long gone = waiting.currentProgress();
		long bytes = waiting.totalPendingWriteBytes();
		if (head != this.stuckAt || gone != this.stuckIn || bytes < this.stuckBefore) {
			this.stuckAt = head;
			this.stuckIn = gone;
			this.stuckSince = now;
		}
		this.stuckBefore = bytes;
		return Math.min(this.writeTimeout - (now - this.stuckSince), this.headerTimeout);
	}

	private void lookIn(ChannelHandlerContext where, long nanos) {
		Future<?> before = this.timer;
		if (before != null) {
			before.cancel(false);
		}
		this.timer = where.executor().schedule(this, nanos, TimeUnit.NANOSECONDS);
	}

}
