package dev.sluice.pool;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The cached token of a credential and a scope: one call to the issuer at a time,
 * whatever the load. It is renewed in the background, and served as long as it is valid,
 * also where its renewal fails.
 */
final class Tokens implements TokenSource, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Tokens.class);

	/** Where the issuer does not say when to renew a token. */
	private static final Duration RENEWED_BEFORE_EXPIRY = Duration.ofMinutes(5);

	/** Issuers answer 429 to who asks again and again. */
	private static final Duration BETWEEN_TRIES = Duration.ofSeconds(30);

	/** How long a failure is told to all who ask, while there is no token. */
	private static final Duration FAILURE_LASTS = Duration.ofSeconds(1);

	private static final int SHOWN = 1000;

	/**
	 * @param dropped whether a pool refused it; the next call goes past the credential's
	 * cache
	 */
	private record Held(AccessToken token, Instant since, Instant until, Mono<AccessToken> ready, boolean dropped) {

		Held drop() {
			return new Held(this.token, this.since, this.until, this.ready, true);
		}

		boolean is(AccessToken other) {
			return this.token.getToken().equals(other.getToken());
		}

	}

	private record Failed(ExecutionFailure failure, Instant until) {
	}

	private final String owner;

	private final TokenCredential credential;

	private final CredentialProperties properties;

	private final Scheduler timer;

	private final AtomicReference<@Nullable Held> held = new AtomicReference<>();

	private final AtomicReference<@Nullable Mono<AccessToken>> call = new AtomicReference<>();

	private final Disposable.Swap renewal = Disposables.swap();

	private volatile @Nullable Failed failed;

	/** A pool that refuses whatever it gets is no reason to ask for token after token. */
	private volatile Instant notRefusedAgainBefore = Instant.MIN;

	private volatile boolean ready;

	/**
	 * Makes a cache.
	 * @param owner the name of the pool that it is for, in messages
	 * @param credential asks the issuer; it may block
	 * @param properties scope and times
	 * @param timer the clock, and what renewals are scheduled on
	 */
	Tokens(String owner, TokenCredential credential, CredentialProperties properties, Scheduler timer) {
		this.owner = owner;
		this.credential = credential;
		this.properties = properties;
		this.timer = timer;
	}

	@Override
	public Mono<AccessToken> get() {
		Held now = good();
		return (now != null) ? now.ready()
				: come().timeout(this.properties.maxWait(), Mono.error(this::tooSlow), this.timer);
	}

	@Override
	public Mono<AccessToken> come() {
		return Mono.defer(() -> {
			Failed lately = this.failed;
			return (lately != null && now().isBefore(lately.until())) ? Mono.error(lately.failure()) : call();
		});
	}

	@Override
	public void reject(AccessToken token) {
		Held now = this.held.get();
		if (now != null && !now.dropped() && now.is(token) && !now().isBefore(this.notRefusedAgainBefore)
				&& this.held.compareAndSet(now, now.drop())) {
			logger.info("A pool refused the token of {}, which is dropped", this.owner);
		}
	}

	@Override
	public boolean isReady() {
		return this.ready;
	}

	@Override
	public @Nullable TokenTimes times() {
		Held now = this.held.get();
		boolean given = this.properties.kind() == CredentialProperties.Kind.STATIC;
		return (now != null) ? new TokenTimes(now.since(), given ? null : now.token().getExpiresAt().toInstant())
				: null;
	}

	@Override
	public void close() {
		this.renewal.dispose();
	}

	/** The call that is under way, or a new one. */
	private Mono<AccessToken> call() {
		Mono<AccessToken> mine = Mono.defer(this::ask).doOnTerminate(() -> this.call.set(null)).cache();
		Mono<AccessToken> running = this.call.compareAndExchange(null, mine);
		return (running != null) ? running : mine;
	}

	private Mono<AccessToken> ask() {
		Held now = good();
		if (now != null) {
			// It came between the look at what is held and the call.
			return now.ready();
		}
		return issue();
	}

	/**
	 * A credential may block: it reads files, calls commands, or waits for a lock.
	 */
	private Mono<AccessToken> issue() {
		return Mono.defer(() -> this.credential.getToken(request()))
			.subscribeOn(Schedulers.boundedElastic())
			.switchIfEmpty(Mono.error(() -> new IllegalStateException("The credential gave nothing")))
			.timeout(this.properties.timeout(), this.timer)
			.doOnNext(this::keep)
			.onErrorMap(this::failure);
	}

	private TokenRequestContext request() {
		TokenRequestContext request = new TokenRequestContext().addScopes(this.properties.scope());
		Held now = this.held.get();
		return (now != null && now.dropped()) ? request.setClaims(Credentials.pastTheCache(now())) : request;
	}

	private void keep(AccessToken token) {
		Instant now = now();
		Held before = this.held.get();
		boolean keepsAsking = before != null && (before.dropped() || before.is(token));
		Instant expiry = token.getExpiresAt().toInstant();
		if (!expiry.isAfter(now)) {
			logger.warn("The token of {} has expired by this machine's clock as it comes: is the clock right?",
					this.owner);
		}
		Instant until = latest(expiry, now.plus(BETWEEN_TRIES));
		this.notRefusedAgainBefore = keepsAsking ? now.plus(BETWEEN_TRIES) : Instant.MIN;
		this.failed = null;
		this.ready = true;
		this.held.set(new Held(token, now, until, Mono.just(token), false));
		Instant renewed = renewedAt(token);
		renewAfter(Duration.between(now, latest(renewed, now.plus(BETWEEN_TRIES))));
	}

	private void renewAfter(Duration delay) {
		this.renewal.update(this.timer.schedule(this::renew, delay.toMillis(), TimeUnit.MILLISECONDS));
	}

	/** One call at a time, here too: who finds the token expired meanwhile joins it. */
	private void renew() {
		Mono<AccessToken> mine = issue().doOnTerminate(() -> this.call.set(null)).cache();
		if (this.call.compareAndExchange(null, mine) == null) {
			Disposable _ = mine.subscribe((token) -> {
			}, (error) -> renewAfter(BETWEEN_TRIES));
		}
	}

	private ExecutionFailure failure(Throwable cause) {
		String why = (cause instanceof TimeoutException)
				? "the issuer gave none within " + this.properties.timeout().toMillis() + " ms"
				: String.valueOf(cause.getMessage()).replaceAll("\\s+", " ");
		logger.warn("No token for pool {} with scope {}: {}", this.owner, this.properties.scope(),
				(why.length() > SHOWN) ? why.substring(0, SHOWN) + "…" : why);
		logger.debug("That was", cause);
		ExecutionFailure failure = unavailable(cause.getClass().getSimpleName() + "; the log says more");
		this.failed = new Failed(failure, now().plus(FAILURE_LASTS));
		return failure;
	}

	private ExecutionFailure tooSlow() {
		return unavailable("the issuer gave none within " + this.properties.maxWait().toMillis() + " ms");
	}

	private ExecutionFailure unavailable(String why) {
		return ExecutionFailure.passing(FailureCode.TOKEN_UNAVAILABLE,
				"No token could be had with scope " + this.properties.scope() + " (" + why
						+ "): check the pool's credential.kind, and that this identity exists");
	}

	private @Nullable Held good() {
		Held now = this.held.get();
		return (now != null && !now.dropped() && now().isBefore(now.until())) ? now : null;
	}

	private Instant now() {
		return Instant.ofEpochMilli(this.timer.now(TimeUnit.MILLISECONDS));
	}

	private static Instant renewedAt(AccessToken token) {
		OffsetDateTime told = token.getRefreshAt();
		return (told != null) ? told.toInstant() : token.getExpiresAt().toInstant().minus(RENEWED_BEFORE_EXPIRY);
	}

	private static Instant latest(Instant one, Instant other) {
		return one.isAfter(other) ? one : other;
	}

}
