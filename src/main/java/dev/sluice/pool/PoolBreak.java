package dev.sluice.pool;

import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CancellationException;

import javax.net.ssl.SSLException;

import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.http.Break;
import dev.sluice.pool.Sighting.From;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What broke on the way to a pool, and whether the execution may have got there.
 *
 * @param pool the pool's name
 * @param endpoint the pool's address
 */
record PoolBreak(String pool, URI endpoint) {

	private static final Logger logger = LoggerFactory.getLogger(PoolBreak.class);

	private static final Duration BUSY_RETRY_AFTER = Duration.ofSeconds(1);

	/**
	 * Explains an error of a call.
	 * @param error what it signalled
	 * @return the failure
	 */
	ExecutionFailure explain(Throwable error) {
		return explained(error).in(this.pool);
	}

	/**
	 * What an error of a probe shows.
	 * @param error what it signalled
	 * @return the sighting
	 */
	Sighting sighting(Throwable error) {
		boolean handshake = error instanceof SSLException || error.getCause() instanceof SSLException;
		return new Sighting(0, handshake ? From.HANDSHAKE : From.NOBODY, "", explain(error));
	}

	private ExecutionFailure explained(Throwable error) {
		if (error instanceof ExecutionFailure failure) {
			return failure.afterAttempts(1);
		}
		if (error instanceof CancellationException) {
			return broken(FailureCode.POOL_BROKE, "The call to pool '" + this.pool + "' was given up");
		}
		if (error instanceof Patience.OutOfTime) {
			return broken(FailureCode.DEADLINE_EXCEEDED,
					"Pool '" + this.pool + "' did not send all of its answer within the deadline");
		}
		Break broke = Break.of(error);
		if (isNowhere(error)) {
			return unreachable("its network can't be reached");
		}
		return switch (broke.where()) {
			case BEFORE_CONNECTING -> ExecutionFailure
				.passing(FailureCode.POOL_FULL,
						"All connections to pool '" + this.pool + "' are in use, and " + broke.what()
								+ ": raise the pool's max-connections, or send less at once")
				.retryAfter(BUSY_RETRY_AFTER);
			case CONNECTING -> unreachable(broke.what());
			case WAITING -> broken(FailureCode.POOL_TIMEOUT, "Pool '" + this.pool + "' gave no answer in time");
			case UNDER_WAY -> broken(FailureCode.POOL_BROKE,
					"The connection to pool '" + this.pool + "' broke, and the execution may have got there");
			case UNKNOWN -> fault(error);
		};
	}

	/** The operating system has no way there, so that nothing was opened. */
	private static boolean isNowhere(Throwable error) {
		Throwable cause = (error.getCause() != null) ? error.getCause() : error;
		return cause instanceof SocketException && cause.getMessage() != null
				&& cause.getMessage().startsWith("Network is unreachable");
	}

	private ExecutionFailure unreachable(String why) {
		return ExecutionFailure
			.passing(FailureCode.POOL_UNREACHABLE,
					"Pool '" + this.pool + "' can't be reached at " + this.endpoint + ": " + why)
			.afterAttempts(1);
	}

	private ExecutionFailure fault(Throwable error) {
		logger.error("A call to pool {} failed by a fault of ours", this.pool, error);
		return broken(FailureCode.INTERNAL,
				"The call to pool '" + this.pool + "' failed by a fault of ours; the log says more");
	}

	private static ExecutionFailure broken(FailureCode code, String message) {
		return ExecutionFailure.broken(code, Executed.UNKNOWN, message).afterAttempts(1);
	}

}
