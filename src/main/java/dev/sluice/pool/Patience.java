package dev.sluice.pool;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

import dev.sluice.piston.AdapterHeaders;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * How long a connection waits for its pool: so long at a time, and in all until the
 * deadline of the execution that it carries. Only the time counts in which something was
 * asked of the pool, since a client that reads slowly is no reason to give its answer up.
 */
final class Patience extends ChannelDuplexHandler {

	/** The deadline of the execution has passed. */
	static final class OutOfTime extends IOException {

		private static final long serialVersionUID = 1L;

	}

	/** For the adapter to tell by itself that the deadline has passed. */
	private static final long GRACE = TimeUnit.SECONDS.toNanos(1);

	private final long silence;

	/** What is left of the execution's time. */
	private long left;

	/** Whether an answer, or more of it, is under way. */
	private boolean answering;

	private boolean interim;

	/** Whether somebody reads. */
	private boolean waiting;

	private long since;

	private @Nullable Future<?> clock;

	/** When the clock looks next; it runs on when an answer has come. */
	private long looksAt;

	/**
	 * Makes it.
	 * @param silence how long a pool may be silent, in nanoseconds
	 */
	Patience(long silence) {
		this.silence = silence;
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (message instanceof HttpRequest request) {
			String time = request.headers().get(AdapterHeaders.TIME_LEFT);
			this.left = (time != null) ? TimeUnit.MILLISECONDS.toNanos(Long.parseLong(time)) + GRACE : Long.MAX_VALUE;
		}
		if (message instanceof LastHttpContent) {
			this.answering = true;
			await();
			lookIn(context, Math.min(this.silence, this.left));
		}
		ChannelFuture _ = context.write(message, promise);
	}

	@Override
	public void read(ChannelHandlerContext context) {
		if (this.answering && !this.waiting) {
			await();
		}
		context.read();
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (this.waiting) {
			this.waiting = false;
			this.left -= System.nanoTime() - this.since;
		}
		if (message instanceof HttpResponse response) {
			this.interim = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
		}
		if (message instanceof LastHttpContent && !this.interim) {
			this.answering = false;
		}
		context.fireChannelRead(message);
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		stop();
		context.fireChannelInactive();
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		stop();
	}

	private void await() {
		this.waiting = true;
		this.since = System.nanoTime();
	}

	private void stop() {
		this.answering = false;
		this.waiting = false;
		if (this.clock != null) {
			this.clock.cancel(false);
			this.clock = null;
		}
	}

	private void look(ChannelHandlerContext context) {
		this.clock = null;
		if (!this.answering) {
			return;
		}
		long most = Math.min(this.silence, this.left);
		long waited = this.waiting ? System.nanoTime() - this.since : 0;
		if (waited < most) {
			lookIn(context, most - waited);
		}
		else if (this.waiting) {
			stop();
			context.fireExceptionCaught((most < this.silence) ? new OutOfTime() : ReadTimeoutException.INSTANCE);
			ChannelFuture _ = context.close();
		}
		else {
			// Its time is over, and whoever reads on finds out at once.
			lookIn(context, this.silence);
		}
	}

	/** A look that comes sooner will do, since it finds out how much is left. */
	private void lookIn(ChannelHandlerContext context, long nanos) {
		long at = System.nanoTime() + nanos;
		Future<?> before = this.clock;
		if (before != null && this.looksAt - at <= 0) {
			return;
		}
		if (before != null) {
			before.cancel(false);
		}
		this.looksAt = at;
		this.clock = context.executor().schedule(() -> look(context), nanos, TimeUnit.NANOSECONDS);
	}

}
