package dev.sluice.gateway;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

import dev.sluice.execution.Report;
import dev.sluice.execution.Delivery;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Observer;
import dev.sluice.execution.Outcome;
import dev.sluice.execution.Timeline;
import dev.sluice.execution.Timeline.Leg;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Counts and times executions. Each meter is made once, when it is first needed; the
 * labels are words of ours, and languages that a pool has run.
 */
final class ExecutionMetrics implements Observer {

	private record End(Outcome outcome, @Nullable FailureCode code, Delivery delivery) {
	}

	/** A stage, or all of them where there is no leg. */
	private record Stage(@Nullable Leg leg, Outcome outcome) {
	}

	private static final Leg[] LEGS = Leg.values();

	/** So many names of languages have a label of their own. */
	private static final int LANGUAGES = 200;

	private static final String OTHER = "other";

	/** From a refusal's time to that of a program that takes all it may. */
	private static final Duration[] BUCKETS = { Duration.ofMillis(1), Duration.ofNanos(2_500_000), Duration.ofMillis(5),
			Duration.ofMillis(10), Duration.ofMillis(20), Duration.ofMillis(50), Duration.ofMillis(100),
			Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofMillis(2500),
			Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(60) };

	private final MeterRegistry registry;

	private final Map<End, Timer> ends = new ConcurrentHashMap<>();

	private final Map<Stage, Timer> stages = new ConcurrentHashMap<>();

	private final Map<String, Counter> languages = new ConcurrentHashMap<>();

	private final Counter otherLanguages;

	private final Counter received;

	private final Counter sent;

	private final LongAdder inFlight = new LongAdder();

	ExecutionMetrics(MeterRegistry registry) {
		this.registry = registry;
		this.otherLanguages = language(OTHER);
		this.received = bytes("received", "what the requests of executions had");
		this.sent = bytes("sent", "what was read of the answers to executions");
		Gauge.builder("sluice.executions.in-flight", this.inFlight, LongAdder::sum)
			.description("executions that have come, and are not over")
			.register(registry);
	}

	@Override
	public boolean records(String trace) {
		return false;
	}

	@Override
	public void began() {
		this.inFlight.increment();
	}

	@Override
	public void ended(Report report) {
		this.inFlight.decrement();
		Timeline timeline = report.timeline();
		long total = timeline.totalNanos();
		of(this.ends, new End(report.outcome(), report.code(), report.delivery()), this::timer).record(total,
				TimeUnit.NANOSECONDS);
		record(null, report.outcome(), total);
		for (Leg leg : LEGS) {
			long spent = timeline.nanos(leg);
			if (spent >= 0) {
				record(leg, report.outcome(), spent);
			}
		}
		this.received.increment((double) report.received());
		this.sent.increment((double) report.sent());
		if (report.outcome() == Outcome.VERDICT) {
			ran(report.language()).increment();
		}
	}

	private void record(@Nullable Leg leg, Outcome outcome, long nanos) {
		of(this.stages, new Stage(leg, outcome), this::timer).record(nanos, TimeUnit.NANOSECONDS);
	}

	/** Looks before it locks. */
	private static <K> Timer of(Map<K, Timer> timers, K key, Function<K, Timer> make) {
		Timer known = timers.get(key);
		return (known != null) ? known : timers.computeIfAbsent(key, make);
	}

	private Timer timer(End end) {
		return Timer.builder("sluice.executions")
			.description("executions, by how they ended")
			.tag("outcome", end.outcome().text())
			.tag("code", (end.code() != null) ? end.code().text() : "none")
			.tag("delivery", end.delivery().text())
			.register(this.registry);
	}

	private Timer timer(Stage stage) {
		return Timer.builder("sluice.execution.stage")
			.description("where the time of executions went, in all and by stage")
			.tag("stage", (stage.leg() != null) ? stage.leg().text() : "total")
			.tag("outcome", stage.outcome().text())
			.serviceLevelObjectives(BUCKETS)
			.register(this.registry);
	}

	/** What has run is a name that a pool knows, so there are not many. */
	private Counter ran(@Nullable String language) {
		if (language == null) {
			return this.otherLanguages;
		}
		Counter known = this.languages.get(language);
		if (known != null) {
			return known;
		}
		return (this.languages.size() < LANGUAGES) ? this.languages.computeIfAbsent(language, this::language)
				: this.otherLanguages;
	}

	private Counter language(String name) {
		return Counter.builder("sluice.executions.verdicts")
			.description("verdicts, by the language's name")
			.tag("language", name)
			.register(this.registry);
	}

	private Counter bytes(String name, String what) {
		return Counter.builder("sluice.executions." + name).baseUnit("bytes").description(what).register(this.registry);
	}

}
