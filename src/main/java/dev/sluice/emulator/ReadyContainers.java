package dev.sluice.emulator;

import java.util.ArrayDeque;
import java.util.Queue;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

/**
 * Containers that are started before somebody needs them.
 */
final class ReadyContainers implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ReadyContainers.class);

	private final Container.Starter starter;

	private final int wanted;

	private final Queue<Container> ready = new ArrayDeque<>();

	private boolean closed;

	ReadyContainers(Container.Starter starter, int wanted) {
		this.starter = starter;
		this.wanted = wanted;
		replenish();
	}

	/**
	 * Takes a container, and has another started in its place. Blocks where none is
	 * ready.
	 * @return a container that is nobody else's
	 */
	Container take() {
		Container container = poll();
		Disposable _ = Schedulers.boundedElastic().schedule(this::replenish);
		return (container != null) ? container : this.starter.start();
	}

	@Override
	public synchronized void close() {
		this.closed = true;
		this.ready.forEach(Container::close);
		this.ready.clear();
	}

	private synchronized @Nullable Container poll() {
		return this.ready.poll();
	}

	private synchronized void replenish() {
		try {
			while (!this.closed && this.ready.size() < this.wanted) {
				this.ready.add(this.starter.start());
			}
		}
		catch (RuntimeException ex) {
			logger.warn("A container could not be started", ex);
		}
	}

}
