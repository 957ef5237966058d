package dev.sluice.pool;

import java.net.URI;
import java.time.OffsetDateTime;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import dev.sluice.execution.RuntimeSource;
import reactor.core.publisher.Mono;

/**
 * A pool of sessions.
 */
public interface Pool extends Executor, RuntimeSource {

	/**
	 * What it is called in messages, logs and metrics.
	 * @return the configured name
	 */
	String name();

	/**
	 * Where it is.
	 * @return the configured endpoint
	 */
	URI endpoint();

	/**
	 * Gets a token for the pool, as an execution would.
	 * @return when the token expires; an {@link ExecutionFailure} where there is none
	 */
	Mono<OffsetDateTime> authorise();

}
