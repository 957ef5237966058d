package dev.sluice.pool;

import java.net.URI;

import dev.sluice.execution.ExecutionFailure;
import reactor.core.publisher.Mono;

/**
 * One pool, as those see it who look after it.
 */
public interface Pool {

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
	 * How it is configured, and how executions reach it now.
	 * @return the configuration
	 */
	Setup setup();

	/**
	 * How it is configured, for a start-up block.
	 * @return words without secrets
	 */
	String description();

	/**
	 * Gets a token for the pool, waiting for as long as the issuer may take.
	 * @return what may be told of the token; an {@link ExecutionFailure} where there is
	 * none
	 */
	Mono<TokenFacts> authorise();

	/**
	 * Whether there has ever been a token for it.
	 * @return whether executions may begin
	 */
	boolean isReady();

	/**
	 * Sends a request, past retries and breaker, and stops the session that it named.
	 * @param probe its form
	 * @return what came back, also where nothing did
	 */
	Mono<Sighting> probe(Probe probe);

	/**
	 * How it fares.
	 * @return its state and counts
	 */
	PoolReport report();

	/**
	 * Lets all of its sessions go, each as soon as nothing runs in it.
	 */
	void recycle();

}
