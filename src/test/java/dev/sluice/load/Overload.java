package dev.sluice.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.gatling.javaapi.core.PopulationBuilder;

import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.nothingFor;
import static io.gatling.javaapi.core.CoreDsl.scenario;

/**
 * The overload curve: one language at multiples of what its pool can take, and beside it
 * another one whose pool is never full.
 *
 * @param settings how much a pool can take, and for how long each step lasts
 * @param tally where the answers are counted
 */
record Overload(Settings settings, Tally tally) {

	private static final double[] FACTORS = { 0.5, 1, 2, 3 };

	private static final Duration WARM_UP = Duration.ofSeconds(20);

	/** Within which a queue as long as the default is worked off. */
	private static final Duration GAP = Duration.ofSeconds(8);

	private static final double GOODPUT_KEPT = 0.95;

	/**
	 * Who comes.
	 * @return the plan
	 */
	Plan plan() {
		double capacity = this.settings.sessions() * 1000.0 / this.settings.sleep().toMillis();
		Clients one = new Clients(Language.PYTHON, this.settings.sleep(), this.settings.key());
		Clients other = new Clients(Language.BASH, this.settings.sleep(), this.settings.key());
		List<PopulationBuilder> populations = new ArrayList<>();
		List<Step> steps = new ArrayList<>();
		Step warmUp = this.tally.step("warm-up");
		populations.add(scenario("warm-up").exec(one.execute(warmUp))
			.injectOpen(constantUsersPerSec(capacity / 2).during(WARM_UP)));
		Duration at = WARM_UP.plusSeconds(1);
		for (double factor : FACTORS) {
			Step step = this.tally.step("python " + factor + " x");
			steps.add(step);
			populations.add(scenario(step.name()).exec(one.execute(step))
				.injectOpen(nothingFor(at), constantUsersPerSec(factor * capacity).during(this.settings.time())));
			at = at.plus(this.settings.time()).plus(GAP);
		}
		Step beside = this.tally.step("bash 0.5 x");
		populations.add(scenario(beside.name()).exec(other.execute(beside))
			.injectOpen(nothingFor(WARM_UP), constantUsersPerSec(capacity / 2).during(at.minus(WARM_UP))));
		return new Plan(populations, at, judgements(steps, beside));
	}

	private List<Judgement> judgements(List<Step> steps, Step beside) {
		Step last = steps.getLast();
		long within = this.settings.refusedWithin();
		return List.of(
				new Judgement("goodput at the end is at least 95 % of its peak",
						() -> last.goodput() >= GOODPUT_KEPT
								* steps.stream().mapToDouble(Step::goodput).max().orElse(0)),
				new Judgement("what is too much is refused", () -> last.count(Outcome.REFUSED) > 0),
				new Judgement("99 % of refusals come within " + within + " ms",
						() -> last.took(Outcome.REFUSED, 99) <= within),
				Judgement.nobodyFails(this.tally),
				new Judgement("nobody is refused for the other pool's sake", () -> beside.count(Outcome.REFUSED) == 0));
	}

}
