package dev.sluice.emulator;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import dev.sluice.execution.Ids;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The pool's sessions: allocates them, up to a number, and lets them go when they have
 * cooled.
 */
final class Sessions implements AutoCloseable {

	private static final String ANONYMOUS = "anonymous-";

	private static final Duration FORGOTTEN_WITHIN = Duration.ofMillis(1);

	private final EmulatorProperties properties;

	private final ReadyContainers containers;

	private final Stats stats;

	private final Clock clock;

	/** A session that is being allocated is there already, for who asks for it too. */
	private final Map<String, Mono<Session>> sessions = new ConcurrentHashMap<>();

	private final Map<String, Session> allocated = new ConcurrentHashMap<>();

	/**
	 * Those that are being allocated, and whether they are to be stopped as soon as they
	 * are there.
	 */
	private final Map<String, Boolean> arriving = new ConcurrentHashMap<>();

	private final AtomicInteger counted = new AtomicInteger();

	private final AtomicBoolean closed = new AtomicBoolean();

	private final Disposable sweeps;

	Sessions(EmulatorProperties properties, Container.Starter starter, Stats stats, Clock clock) {
		this.properties = properties;
		this.containers = new ReadyContainers(starter, properties.ready());
		this.stats = stats;
		this.clock = clock;
		this.sweeps = Schedulers.boundedElastic().schedulePeriodically(this::letGoOfCooled, 1, 1, TimeUnit.SECONDS);
	}

	/**
	 * Does a request in a session, which is allocated where there is none.
	 * @param identifier the session's identifier; null for a session of the request's
	 * own, which ends with it
	 * @param request what to do there
	 * @return the request's end; an {@link AzureError} where the pool is full
	 */
	Mono<Void> visit(@Nullable String identifier, Function<Session, Mono<Void>> request) {
		return Mono.defer(() -> {
			Visit visit = new Visit((identifier != null) ? Session::end : this::endAnonymous);
			Mono<Session> session = (identifier != null) ? begin(identifier, visit) : beginAnonymous(visit);
			return session.flatMap(request).doOnTerminate(visit::end).doOnCancel(visit::end);
		});
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
		if (this.arriving.replace(identifier, false, true)) {
			return true;
		}
		Session session = this.allocated.get(identifier);
		if (session == null || !session.stop()) {
			return false;
		}
		forget(session);
		return true;
	}

	@Override
	public void close() {
		this.closed.set(true);
		this.sweeps.dispose();
		this.allocated.keySet().forEach(this::stop);
		this.containers.close();
	}

	private Mono<Session> begin(String identifier, Visit visit) {
		return Mono.defer(() -> this.sessions.computeIfAbsent(identifier, this::allocation)).flatMap((session) -> {
			if (!session.begin()) {
				// It is just being ended, and is forgotten in a moment.
				return Mono.delay(FORGOTTEN_WITHIN).then(begin(identifier, visit));
			}
			visit.begin(session);
			return Mono.just(session);
		});
	}

	private Mono<Session> beginAnonymous(Visit visit) {
		return allocated(() -> {
			Session session = allocate(ANONYMOUS + Ids.next());
			session.begin();
			visit.begin(session);
			return session;
		});
	}

	private void endAnonymous(Session session) {
		session.end();
		stop(session.identifier());
	}

	private Mono<Session> allocation(String identifier) {
		this.arriving.put(identifier, false);
		return allocated(() -> allocate(identifier)).doOnError((error) -> {
			this.arriving.remove(identifier);
			this.sessions.remove(identifier);
		}).cache();
	}

	private Mono<Session> allocated(Callable<Session> allocation) {
		Mono<Session> allocated = Mono.fromCallable(allocation).subscribeOn(Schedulers.boundedElastic());
		Duration takes = this.properties.allocationTime();
		return takes.isZero() ? allocated : Mono.delay(takes).then(allocated);
	}

	private Session allocate(String identifier) {
		if (this.counted.incrementAndGet() > this.properties.maxSessions()) {
			this.counted.decrementAndGet();
			throw full();
		}
		try {
			Session session = new Session(identifier, this.containers.take(), this.properties.allocationTime(),
					this.clock);
			this.allocated.put(identifier, session);
			this.stats.sessions().up();
			boolean unwanted = Boolean.TRUE.equals(this.arriving.remove(identifier));
			if (unwanted || this.closed.get()) {
				stop(identifier);
			}
			return session;
		}
		catch (RuntimeException ex) {
			this.counted.decrementAndGet();
			throw ex;
		}
	}

	private void letGoOfCooled() {
		for (Session session : this.allocated.values()) {
			if (session.stopIfCooled(this.properties.cooldown())) {
				forget(session);
				this.stats.cooled();
			}
		}
	}

	private void forget(Session session) {
		this.allocated.remove(session.identifier(), session);
		this.counted.decrementAndGet();
		this.stats.sessions().down();
		// Whoever waits for this makes a new one at once.
		this.sessions.remove(session.identifier());
	}

	private AzureError full() {
		this.stats.full();
		return new AzureError(this.properties.fullStatus(), "SessionPoolFull",
				AzureError.FULL + " of " + this.properties.maxSessions());
	}

}
