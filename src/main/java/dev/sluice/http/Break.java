package dev.sluice.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLHandshakeException;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.CodecException;
import io.netty.handler.timeout.ReadTimeoutException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;

import org.springframework.web.reactive.function.client.WebClientRequestException;

/**
 * Where a call over HTTP broke, which tells whether it may have got there.
 *
 * @param where how far it came
 * @param what what happened, as the end of a sentence
 */
public record Break(Where where, String what) {

	/** How far a call came. */
	public enum Where {

		/** All of our connections were in use: nothing was sent. */
		BEFORE_CONNECTING,

		/** No connection was opened: nothing was sent. */
		CONNECTING,

		/** The request may have got there, and no answer came in time. */
		WAITING,

		/** The request may have got there, and the connection broke. */
		UNDER_WAY,

		/** Nobody knows: it is no error of the connection. */
		UNKNOWN

	}

	/**
	 * Classifies an error of the HTTP client.
	 * @param error what it signalled
	 * @return the break
	 */
	public static Break of(Throwable error) {
		Throwable cause = (error instanceof WebClientRequestException && error.getCause() != null) ? error.getCause()
				: error;
		return switch (cause) {
			case PoolAcquireTimeoutException slow -> new Break(Where.BEFORE_CONNECTING, "none came free in time");
			case PoolAcquirePendingLimitException many -> new Break(Where.BEFORE_CONNECTING, "too many wait for one");
			case UnknownHostException unknown -> new Break(Where.CONNECTING, "its host's name does not resolve");
			case ConnectTimeoutException slow -> new Break(Where.CONNECTING, "opening a connection took too long");
			case NoRouteToHostException away -> new Break(Where.CONNECTING, "there is no route to it");
			case ConnectException refused -> new Break(Where.CONNECTING, "nothing accepts connections there");
			case SSLHandshakeException untrusted ->
				new Break(Where.CONNECTING, "the TLS handshake failed: " + untrusted.getMessage());
			case ReadTimeoutException silent -> new Break(Where.WAITING, "it gave no answer in time");
			case TimeoutException silent -> new Break(Where.WAITING, "it gave no answer in time");
			case IOException broken -> new Break(Where.UNDER_WAY, "the connection broke");
			// An answer that ends within its head, or is no HTTP.
			case CodecException garbled -> new Break(Where.UNDER_WAY, "the connection broke");
			// What the decoder stumbled over, in the head or at a chunk.
			case IllegalArgumentException garbled when error instanceof WebClientRequestException
					|| garbled instanceof NumberFormatException ->
				new Break(Where.UNDER_WAY, "what came is no HTTP");
			default -> new Break(Where.UNKNOWN, cause.getClass().getSimpleName());
		};
	}

}
