package dev.sluice.pool;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;

import javax.net.ssl.SSLException;

import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.CodecException;
import io.netty.handler.timeout.ReadTimeoutException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;

import org.springframework.web.reactive.function.client.WebClientRequestException;

/**
 * What broke on the way to a pool, and whether the execution may have got there.
 *
 * @param pool the pool's name
 * @param endpoint the pool's address
 */
record PoolBreak(String pool, URI endpoint) {

	/**
	 * Explains an error of the HTTP client.
	 * @param error what it signalled
	 * @return the failure
	 */
	ExecutionFailure explain(Throwable error) {
		Throwable cause = (error instanceof WebClientRequestException && error.getCause() != null) ? error.getCause()
				: error;
		return switch (cause) {
			case ExecutionFailure failure -> failure;
			case UnknownHostException unknown -> unreachable("its host's name does not resolve");
			case ConnectTimeoutException slow -> unreachable("opening a connection took too long");
			case ConnectException refused -> unreachable("nothing accepts connections there");
			case NoRouteToHostException away -> unreachable("there is no route to it");
			case SSLException untrusted -> unreachable("the TLS handshake failed: " + untrusted.getMessage());
			case PoolAcquireTimeoutException waited -> busy();
			case PoolAcquirePendingLimitException many -> busy();
			case ReadTimeoutException silent -> ExecutionFailure.broken(FailureCode.POOL_TIMEOUT, Executed.UNKNOWN,
					"Pool '" + this.pool + "' gave no answer in time");
			case IOException broken -> broke();
			// An answer that ends within its head, or is no HTTP.
			case CodecException garbled -> broke();
			default -> ExecutionFailure.broken(FailureCode.INTERNAL, Executed.UNKNOWN, "The call to pool '" + this.pool
					+ "' failed by a fault of ours: " + cause.getClass().getSimpleName());
		};
	}

	private ExecutionFailure unreachable(String why) {
		return ExecutionFailure.passing(FailureCode.POOL_UNREACHABLE,
				"Pool '" + this.pool + "' can't be reached at " + this.endpoint + ": " + why);
	}

	private ExecutionFailure broke() {
		return ExecutionFailure.broken(FailureCode.POOL_BROKE, Executed.UNKNOWN,
				"The connection to pool '" + this.pool + "' broke after the execution had left");
	}

	private ExecutionFailure busy() {
		return ExecutionFailure.passing(FailureCode.POOL_FULL, "All connections to pool '" + this.pool
				+ "' are in use, and none came free in time: raise the pool's max-connections, or send less at once");
	}

}
