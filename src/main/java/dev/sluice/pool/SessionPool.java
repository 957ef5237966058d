package dev.sluice.pool;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Deadline;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.Timeline.Leg;
import dev.sluice.http.HeldBytes;
import dev.sluice.pool.PoolProperties.Kind;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One pool, reached over its wire: its tokens, its sessions, its breaker.
 */
final class SessionPool implements Pool, AutoCloseable {

	/** How long a session may take to be allocated and to say what it is. */
	private static final Duration MET_WITHIN = Duration.ofSeconds(30);

	private final PoolProperties properties;

	private final Wire wire;

	private final Prober prober;

	private final Disposable connections;

	private final TokenSource tokens;

	private final Sessions sessions;

	private final Refusals fullness;

	private final Quarantine quarantine;

	private final Upkeep upkeep;

	private final PoolBreaker breaker;

	private final RetryBudget budget;

	private final PoolBreak breaks;

	private final Reception reception;

	private final Refusals connecting = new Refusals(System::nanoTime);

	private final PoolLimit limit;

	private final LongAdder sent = new LongAdder();

	private final LongAdder repeated = new LongAdder();

	SessionPool(PoolProperties properties, Wire wire, Prober prober, Disposable connections, TokenSource tokens,
			Sessions sessions, Refusals fullness, Quarantine quarantine, Upkeep upkeep, PoolBreaker breaker,
			RetryBudget budget, HeldBytes held) {
		this.properties = properties;
		this.wire = wire;
		this.prober = prober;
		this.connections = connections;
		this.tokens = tokens;
		this.sessions = sessions;
		this.fullness = fullness;
		this.quarantine = quarantine;
		this.upkeep = upkeep;
		this.breaker = breaker;
		this.budget = budget;
		this.limit = new PoolLimit(properties.limit().min(), properties.mostExecutions());
		this.breaks = new PoolBreak(properties.name(), properties.endpoint());
		this.reception = new Reception(properties, wire, breaker, this.breaks, held);
	}

	@Override
	public String name() {
		return this.properties.name();
	}

	@Override
	public URI endpoint() {
		return this.properties.endpoint();
	}

	@Override
	public String description() {
		return this.properties.description();
	}

	@Override
	public Setup setup() {
		boolean pooled = this.properties.kind() != PoolProperties.Kind.PISTON;
		boolean named = pooled && switch (this.properties.identifier()) {
			case NONE -> false;
			case AUTO -> this.sessions.isTurned();
			case FRESH, LEASE, STICKY -> true;
		};
		Probe execution = new Probe("POST", this.properties.executePath(), "", named,
				!this.properties.sentApiVersion().isEmpty(), false);
		return new Setup(pooled, this.properties.credential().scope(), isTokenGiven(),
				pooled && this.properties.identifier() == PoolProperties.IdentifierMode.AUTO,
				this.properties.languages(), execution, execution.on("GET", this.properties.runtimesPath(), ""));
	}

	@Override
	public Mono<TokenFacts> authorise() {
		return this.tokens.come().map((token) -> TokenFacts.of(token, isTokenGiven()));
	}

	@Override
	public boolean isReady() {
		return this.tokens.isReady();
	}

	@Override
	public Mono<Sighting> probe(Probe probe) {
		return this.prober.send(probe).onErrorResume((error) -> Mono.just(this.breaks.sighting(error)));
	}

	@Override
	public PoolReport report() {
		return new PoolReport(name(), this.breaker.state(), this.limit.inUse(), this.limit.most(),
				this.sessions.counts(), this.quarantine.stopped(), this.quarantine.leftToCooldown(), this.sent.sum(),
				this.repeated.sum(), this.budget.left(), this.tokens.times(), this.sessions.isTurned());
	}

	@Override
	public void recycle() {
		this.sessions.recycle();
	}

	@Override
	public void close() {
		this.upkeep.close();
		this.quarantine.close();
		this.connections.dispose();
	}

	PoolProperties properties() {
		return this.properties;
	}

	Wire wire() {
		return this.wire;
	}

	RetryBudget budget() {
		return this.budget;
	}

	PoolBreaker breaker() {
		return this.breaker;
	}

	/** Whether its programs can be told things: in front of a plain Piston nobody can. */
	boolean takesDialogues() {
		return this.properties.kind() != Kind.PISTON;
	}

	/** How many executions it has now, for each that it should have. */
	double load() {
		return (this.limit.inUse() + 1.0) / this.properties.weight();
	}

	boolean hasRoomFor(Execution execution) {
		return this.breaker.hasRoom() && this.limit.hasRoom() && this.sessions.hasRoomFor(execution);
	}

	/** Asked where there is none for an execution: whether there might be for another. */
	boolean hasRoomForSome(Execution execution) {
		return this.breaker.hasRoom() && this.limit.hasRoom() && this.sessions.hasRoomForSome(execution);
	}

	/** Whether nothing speaks against its being reached. */
	boolean isReachable() {
		return !this.breaker.isOpen() && this.connecting.allows();
	}

	/**
	 * Takes the right to try and reach it: while it can't be reached, one execution at a
	 * time has it.
	 * @return whether to try
	 */
	boolean tryReach() {
		return this.connecting.tryAsk();
	}

	/**
	 * A place for an execution.
	 * @param execution the execution
	 * @return the place, which is to be ended; null where there is none now
	 */
	@Nullable Ticket take(Execution execution) {
		if (!this.limit.tryEnter()) {
			return null;
		}
		int round = this.limit.round();
		Lease lease = null;
		try {
			lease = this.sessions.take(execution);
		}
		finally {
			if (lease == null) {
				this.limit.giveUp();
			}
		}
		return (lease != null) ? new Ticket(this, counted(lease, round)) : null;
	}

	/**
	 * The runtimes of its sessions, from one of them.
	 * @return the runtimes; an {@link ExecutionFailure} where they can't be had
	 */
	Mono<List<LanguageRuntime>> askForRuntimes() {
		return this.upkeep.runtimes().onErrorMap(this.breaks::explain);
	}

	/**
	 * Stops the sessions that nobody uses, as nobody will, and waits for those that are
	 * being ended: a program of somebody who has left is not to go on behind our back.
	 * @return completes when that was tried
	 */
	Mono<Void> leave() {
		return Mono.defer(() -> {
			this.upkeep.close();
			List<String> idle = this.sessions.leave();
			return isReachable() ? Flux.fromIterable(idle)
				.flatMap((identifier) -> this.wire.stop(identifier).onErrorComplete())
				.then(this.quarantine.emptied()) : Mono.empty();
		});
	}

	/**
	 * Sends an execution to a session. The answer ends the lease.
	 * @param execution the execution
	 * @param lease the hold on the session
	 * @param repeat whether the session may have it already
	 * @return the answer; an {@link ExecutionFailure}, behind which the lease goes on
	 */
	Mono<Answer> send(Execution execution, Lease lease, boolean repeat) {
		Duration limit = this.properties.timeLimit();
		Deadline deadline = execution.terms().deadline();
		if (!deadline.allows(limit)) {
			Silence silence = new Silence(name(), deadline.left(), deadline);
			return guarded(execution, lease, repeat, silence);
		}
		Execution limited = execution.on(execution.terms().until(Deadline.in(limit)));
		return guarded(limited, lease, repeat, new Silence(name(), limit, null));
	}

	void countRepeat() {
		this.repeated.increment();
	}

	/** What a pool does not answer in time is its breaker's business, too. */
	private Mono<Answer> guarded(Execution execution, Lease lease, boolean repeat, Silence silence) {
		// What is not let through has not gone anywhere.
		Mono<Answer> call = Mono.defer(() -> call(execution, lease, repeat));
		Mono<Answer> met = isToBeMet(execution, lease) ? meet(lease).then(call) : call;
		return this.breaker.guard(met.timeout(silence.limit(), Mono.error(() -> silence.after(lease))));
	}

	/**
	 * A session that an execution may be asked for again must be known before: which of
	 * its container's lives it is that gets it.
	 */
	private boolean isToBeMet(Execution execution, Lease lease) {
		return execution.terms().repeatable() && lease.identifier() != null && lease.incarnation().seen() == null
				&& this.wire.isAdapterSeen();
	}

	private Mono<Void> meet(Lease lease) {
		return Mono.defer(() -> {
			lease.reach();
			return this.wire.runtimes(lease.identifier(), lease.incarnation());
		}).timeout(MET_WITHIN).then().onErrorComplete();
	}

	private Mono<Answer> call(Execution execution, Lease lease, boolean repeat) {
		AtomicInteger times = new AtomicInteger();
		execution.timeline().goTo(name());
		execution.timeline().enter(Leg.TOKEN);
		return this.wire.execute(execution, lease, repeat, () -> {
			times.incrementAndGet();
			this.sent.increment();
			lease.sent();
			execution.timeline().enter(Leg.POOL);
		}).flatMap((sent) -> {
			this.connecting.given();
			return this.reception.answer(execution, sent, lease);
		}).onErrorMap((error) -> failed(error, times.get())).doOnTerminate(execution.timeline()::leave);
	}

	private boolean isTokenGiven() {
		return this.properties.credential().kind() == CredentialProperties.Kind.STATIC;
	}

	private ExecutionFailure failed(Throwable error, int times) {
		ExecutionFailure explained = this.breaks.explain(error);
		ExecutionFailure failure = (explained.attempts() == 0) ? explained : explained.afterAttempts(times);
		look(failure);
		return failure;
	}

	private void look(ExecutionFailure failure) {
		if (failure.code() == FailureCode.POOL_UNREACHABLE) {
			this.connecting.refused();
		}
		this.fullness.heed(failure);
	}

	/** The limit moves before anybody is told of room. */
	private Lease counted(Lease lease, int round) {
		return new Lease(lease.identifier(), lease.incarnation(), (how) -> {
			this.limit.leave(how, round);
			lease.reach();
			lease.end(how);
		});
	}

	boolean requireIdentifiers() {
		return this.sessions.requireIdentifiers();
	}

}
