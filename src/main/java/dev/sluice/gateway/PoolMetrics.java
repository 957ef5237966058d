package dev.sluice.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.ToDoubleFunction;

import dev.sluice.pool.Pool;
import dev.sluice.pool.PoolReport;
import dev.sluice.pool.TokenTimes;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * What {@code /actuator/pools} shows, as meters with the tag {@code pool}.
 */
final class PoolMetrics implements MeterBinder {

	private static final List<String> BREAKER_STATES = List.of("closed", "open", "half-open");

	private final Chain chain;

	PoolMetrics(Chain chain) {
		this.chain = chain;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.chain.all().forEach((pool) -> bind(registry, pool));
	}

	private static void bind(MeterRegistry registry, Pool pool) {
		gauge(registry, pool, "running", "executions that it has now", PoolReport::running);
		gauge(registry, pool, "limit", "executions that it may have at once, as far as was found", PoolReport::limit);
		gauge(registry, pool, "sessions.leased", "sessions in which executions run",
				(report) -> report.sessions().leased());
		gauge(registry, pool, "sessions.idle", "sessions that wait for an execution",
				(report) -> report.sessions().idle());
		gauge(registry, pool, "sessions.quarantined", "sessions in which something may still run",
				(report) -> report.sessions().quarantined());
		for (String state : BREAKER_STATES) {
			Gauge.builder("sluice.pool.breaker.state", pool, (one) -> one.report().breaker().equals(state) ? 1 : 0)
				.tag("pool", pool.name())
				.tag("state", state)
				.description("1 for the state that the breaker is in")
				.register(registry);
		}
		gauge(registry, pool, "repeats.left", "repeats that the budget would grant now", PoolReport::repeatsLeft);
		seconds(registry, pool, "token.age", "since the token came", (times) -> between(times.since(), Instant.now()));
		seconds(registry, pool, "token.left", "until the token expires",
				(times) -> between(Instant.now(), times.expires()));
		gauge(registry, pool, "turned", "1 once its sessions are leased since it asked for an identifier",
				(report) -> report.turned() ? 1 : 0);
		counter(registry, pool, "sessions.allocated", "identifiers that were ever made",
				(report) -> report.sessions().allocated());
		counter(registry, pool, "sessions.stopped", "sessions that were stopped", PoolReport::stopped);
		counter(registry, pool, "sessions.left", "sessions that could not be stopped, and end by their cooldown",
				PoolReport::leftToCooldown);
		counter(registry, pool, "calls", "calls for executions", PoolReport::sent);
		counter(registry, pool, "repeats", "calls that were repeats", PoolReport::repeated);
	}

	/** Not a number where there is no token, or nobody knows. */
	private static void seconds(MeterRegistry registry, Pool pool, String name, String what,
			ToDoubleFunction<TokenTimes> value) {
		Gauge.builder("sluice.pool." + name, pool, (one) -> {
			TokenTimes times = one.report().token();
			return (times != null) ? value.applyAsDouble(times) : Double.NaN;
		}).tag("pool", pool.name()).baseUnit("seconds").description(what).register(registry);
	}

	private static double between(Instant from, @Nullable Instant to) {
		return (to != null) ? Duration.between(from, to).toMillis() / 1000.0 : Double.NaN;
	}

	private static void gauge(MeterRegistry registry, Pool pool, String name, String what,
			ToDoubleFunction<PoolReport> value) {
		Gauge.builder("sluice.pool." + name, pool, (one) -> value.applyAsDouble(one.report()))
			.tag("pool", pool.name())
			.description(what)
			.register(registry);
	}

	private static void counter(MeterRegistry registry, Pool pool, String name, String what,
			ToDoubleFunction<PoolReport> value) {
		FunctionCounter.builder("sluice.pool." + name, pool, (one) -> value.applyAsDouble(one.report()))
			.tag("pool", pool.name())
			.description(what)
			.register(registry);
	}

}
