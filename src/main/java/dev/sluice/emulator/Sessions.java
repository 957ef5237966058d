package dev.sluice.emulator;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.execution.Ids;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The pool's sessions: allocates them, keeps some ready, and lets them go when they have
 * cooled.
 */
final class Sessions implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Sessions.class);

	private final EmulatorProperties properties;

	private final Container.Starter starter;

	private final Clock clock;

	private final Map<String, Mono<Session>> sessions = new ConcurrentHashMap<>();

	private final Map<String, Session> allocated = new ConcurrentHashMap<>();

	private final Queue<Container> ready = new ConcurrentLinkedQueue<>();

	private final AtomicInteger readied = new AtomicInteger();

	private final AtomicInteger counted = new AtomicInteger();

	private final AtomicBoolean closed = new AtomicBoolean();

	private final Scheduler blocking = Schedulers.boundedElastic();

	private final Disposable sweeps;

	Sessions(EmulatorProperties properties, Container.Starter starter, Clock clock) {
		this.properties = properties;
		this.starter = starter;
		this.clock = clock;
		this.sweeps = this.blocking.schedulePeriodically(this::letGoOfCooled, 1, 1, TimeUnit.SECONDS);
		replenish();
	}

	/**
	 * The session of an identifier, which is allocated where there is none.
	 * @param identifier the identifier
	 * @return the session; an {@link AzureError} where the pool is full
	 */
	Mono<Session> of(String identifier) {
		return Mono.defer(() -> this.sessions.computeIfAbsent(identifier, this::allocation));
	}

	/**
	 * A session for one request without identifier.
	 * @return the session, under a name that nobody else has
	 */
	Mono<Session> anonymous() {
		return of("anonymous-" + Ids.next());
	}

	Optional<Session> find(String identifier) {
		return Optional.ofNullable(this.allocated.get(identifier));
	}

	List<Session> list() {
		List<Session> all = new ArrayList<>(this.allocated.values());
		all.sort(Comparator.comparing(Session::createdAt).thenComparing(Session::identifier));
		return all;
	}

	/**
	 * Ends a session, and whatever runs in it.
	 * @param identifier its identifier
	 * @return whether there was one
	 */
	boolean stop(String identifier) {
		Session session = this.allocated.remove(identifier);
		if (session == null) {
			return false;
		}
		this.sessions.remove(identifier);
		this.counted.decrementAndGet();
		session.container().close();
		return true;
	}

	@Override
	public void close() {
		this.closed.set(true);
		this.sweeps.dispose();
		this.allocated.keySet().forEach(this::stop);
		closeReady();
	}

	private Mono<Session> allocation(String identifier) {
		return Mono.fromCallable(() -> allocate(identifier))
			.subscribeOn(this.blocking)
			.doOnError((error) -> this.sessions.remove(identifier))
			.cache();
	}

	private Session allocate(String identifier) {
		if (this.counted.incrementAndGet() > this.properties.maxSessions()) {
			this.counted.decrementAndGet();
			throw full();
		}
		Session session = new Session(identifier, container(), this.clock);
		this.allocated.put(identifier, session);
		replenish();
		return session;
	}

	private Container container() {
		Container container = this.ready.poll();
		if (container == null) {
			return this.starter.start();
		}
		this.readied.decrementAndGet();
		return container;
	}

	private void replenish() {
		while (!this.closed.get() && this.readied.get() < this.properties.ready()) {
			this.readied.incrementAndGet();
			this.ready.add(this.starter.start());
		}
		if (this.closed.get()) {
			closeReady();
		}
	}

	private void closeReady() {
		for (Container container = this.ready.poll(); container != null; container = this.ready.poll()) {
			container.close();
		}
	}

	private void letGoOfCooled() {
		for (Session session : this.allocated.values()) {
			if (session.hasCooled(this.properties.cooldown())) {
				logger.debug("Session {} has cooled", session.guid());
				stop(session.identifier());
			}
		}
	}

	private AzureError full() {
		return new AzureError(this.properties.fullStatus(), "SessionPoolFull",
				"Error happened when allocating pod: the pool has no session left of " + this.properties.maxSessions());
	}

}
