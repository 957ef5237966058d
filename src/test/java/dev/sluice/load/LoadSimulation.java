package dev.sluice.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.gatling.javaapi.core.Assertion;
import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.PopulationBuilder;
import io.gatling.javaapi.core.Simulation;

import static io.gatling.javaapi.core.CoreDsl.asLongAsDuring;
import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.details;
import static io.gatling.javaapi.core.CoreDsl.dummy;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.nothingFor;
import static io.gatling.javaapi.core.CoreDsl.pause;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;

/**
 * The load test. Each program prints a word of its own, and each answer is looked at: one
 * that is neither that word nor a failure of a known form is wrong, and fails the test.
 *
 * @see Settings
 */
public final class LoadSimulation extends Simulation {

	private static final Duration ANSWERED_WITHIN = Duration.ofMinutes(2);

	private static final Duration QUIET_WITHIN = Duration.ofSeconds(10);

	private static final Duration LOOKS_EVERY = Duration.ofMillis(200);

	private final Settings settings = Settings.read();

	private final Target target = new Target(this.settings);

	private final Gauges gauges = new Gauges(this.target.management());

	private final Tally tally = new Tally();

	private volatile Map<String, Double> left = Map.of("nobody looked", 0.0);

	/** Plans the load. */
	public LoadSimulation() {
		Plan plan = this.settings.profile().plan(this.settings, this.tally);
		List<Judgement> judgements = new ArrayList<>(ofAnyLoad());
		judgements.addAll(plan.judgements());
		List<PopulationBuilder> populations = new ArrayList<>(plan.populations());
		populations.add(scenario("judge").exec(judge(judgements)).injectOpen(nothingFor(plan.lasts()), atOnceUsers(1)));
		setUp(populations).protocols(http.baseUrl(this.target.address().toString()).shareConnections())
			.assertions(judgements.stream().map(LoadSimulation::holds).toList());
	}

	@Override
	public void before() {
		this.target.start();
		this.gauges.watch();
	}

	@Override
	public void after() {
		this.gauges.close();
		this.target.close();
		System.out.println();
		System.out.println(Step.heading() + "   heap");
		this.tally.steps().forEach((step) -> System.out.println(step + "  " + this.gauges.heap(step) + " MB"));
		System.out.println("(times in ms; the first fifth of a step counts in none of them; the second /s is of those "
				+ "who got their answer while the step lasted)");
		if (!this.left.isEmpty()) {
			System.out.println("Left behind: " + this.left);
		}
	}

	private List<Judgement> ofAnyLoad() {
		return List.of(new Judgement("somebody was answered", () -> this.tally.count(Outcome.ANSWERED) > 0),
				new Judgement("each answer is its program's, or a failure of a known form",
						() -> this.tally.count(Outcome.WRONG) == 0),
				new Judgement("who stayed got an answer", () -> this.tally.sum(Step::lost) == 0),
				new Judgement("no gauge shows work that is left", () -> this.left.isEmpty()));
	}

	private ChainBuilder judge(List<Judgement> judgements) {
		ChainBuilder all = asLongAsDuring((session) -> this.tally.sum(Step::open) > 0, ANSWERED_WITHIN)
			.on(pause(LOOKS_EVERY))
			.asLongAsDuring((session) -> isAnythingLeft(), QUIET_WITHIN)
			.on(pause(LOOKS_EVERY));
		for (Judgement judgement : judgements) {
			all = all.exec(exec(dummy(judgement.name(), 1).withSuccess((session) -> judgement.holds().getAsBoolean())));
		}
		return all;
	}

	private boolean isAnythingLeft() {
		this.left = this.gauges.left();
		return !this.left.isEmpty();
	}

	private static Assertion holds(Judgement judgement) {
		return details(judgement.name()).failedRequests().count().is(0L);
	}

}
