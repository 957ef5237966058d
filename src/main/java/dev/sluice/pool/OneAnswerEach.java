package dev.sluice.pool;

import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Queue;

import dev.sluice.piston.AdapterHeaders;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a connection over which something comes that is not the answer to its request:
 * HTTP/1.1 tells the two apart by their order alone, so that one answer too many would
 * make each further one somebody else's.
 */
final class OneAnswerEach extends ChannelDuplexHandler {

	private record Held(Object message, ChannelPromise promise) {
	}

	private static final Logger logger = LoggerFactory.getLogger(OneAnswerEach.class);

	private final String pool;

	/**
	 * A connection may be handed on from within the end of an answer, and then the next
	 * request has to wait for what was read together with that.
	 */
	private final Queue<Held> held = new ArrayDeque<>();

	private boolean reading;

	private boolean asked;

	private boolean interim;

	private @Nullable String execution;

	OneAnswerEach(String pool) {
		this.pool = pool;
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (this.reading) {
			this.held.add(new Held(message, promise));
			return;
		}
		if (message instanceof HttpRequest request) {
			this.asked = true;
			this.execution = request.headers().get(AdapterHeaders.EXECUTION);
		}
		ChannelFuture _ = context.write(message, promise);
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		this.reading = true;
		if (message instanceof HttpObject && !this.asked) {
			end(context, message, "sent an answer that nobody had asked for");
			return;
		}
		if (message instanceof HttpResponse response) {
			this.interim = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
			if (isForAnother(response.headers())) {
				end(context, message, "sent the answer of another execution");
				return;
			}
		}
		if (message instanceof LastHttpContent && !this.interim) {
			this.asked = false;
		}
		context.fireChannelRead(message);
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		this.reading = false;
		boolean writes = !this.held.isEmpty();
		for (Held next = this.held.poll(); next != null; next = this.held.poll()) {
			write(context, next.message(), next.promise());
		}
		if (writes) {
			context.flush();
		}
		context.fireChannelReadComplete();
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		for (Held next = this.held.poll(); next != null; next = this.held.poll()) {
			ReferenceCountUtil.release(next.message());
			next.promise().tryFailure(new ClosedChannelException());
		}
		context.fireChannelInactive();
	}

	/**
	 * An adapter says which execution it answers, and a list of runtimes, which is for
	 * none, what it can do.
	 */
	private boolean isForAnother(HttpHeaders headers) {
		String told = headers.get(AdapterHeaders.EXECUTION);
		boolean another = (told != null) ? !told.equals(this.execution)
				: this.execution != null && headers.contains(AdapterHeaders.CAPABILITIES);
		return another && headers.contains(AdapterHeaders.ADAPTER);
	}

	private void end(ChannelHandlerContext context, Object message, String what) {
		ReferenceCountUtil.release(message);
		if (context.channel().isActive()) {
			logger.warn("Pool {} {}, which was thrown away with its connection", this.pool, what);
			ChannelFuture _ = context.close();
		}
	}

}
