package dev.sluice.gateway;

import java.time.Duration;

import dev.sluice.execution.Drain;
import dev.sluice.http.Connections;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

import org.springframework.context.SmartLifecycle;

/**
 * Drains the gateway before any of it is stopped. Its readiness is red by then, which is
 * Spring Boot's work, and its servers go on answering: the servers, and the management's
 * among them, are stopped in later phases, and the chain is closed after those.
 */
final class DrainAtEnd implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(DrainAtEnd.class);

	/** How long those that were ended may take to be told so. */
	private static final Duration TOLD_WITHIN = Duration.ofSeconds(1);

	private final Drain drain;

	private final Connections connections;

	private final DrainProperties properties;

	private volatile boolean running;

	DrainAtEnd(Drain drain, Connections connections, DrainProperties properties) {
		this.drain = drain;
		this.connections = connections;
		this.properties = properties;
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** The first to be stopped. */
	@Override
	public int getPhase() {
		return DEFAULT_PHASE;
	}

	/** Blocks until it is done: whoever closes a context has the time. */
	@Override
	public void stop() {
		this.running = false;
		if (!this.properties.delay().isZero()) {
			Mono.delay(this.properties.delay()).block();
		}
		this.drain.begin();
		int going = this.drain.going();
		if (going > 0) {
			logger.info("{} executions and conversations have {} ms to finish", going,
					this.properties.grace().toMillis());
		}
		if (!isQuietWithin(this.properties.grace())) {
			end();
		}
	}

	private void end() {
		logger.warn("{} executions and conversations did not finish in time, and are ended", this.drain.going());
		this.drain.end().block();
		if (!isQuietWithin(TOLD_WITHIN)) {
			this.connections.reset();
			isQuietWithin(TOLD_WITHIN);
		}
	}

	private boolean isQuietWithin(Duration time) {
		return Boolean.TRUE.equals(this.drain.quiet().thenReturn(true).timeout(time, Mono.just(false)).block());
	}

}
