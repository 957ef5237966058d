package dev.sluice.load;

import java.time.Duration;
import java.util.List;

import dev.sluice.load.Settings.Behind;

import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.constantConcurrentUsers;
import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.nothingFor;
import static io.gatling.javaapi.core.CoreDsl.rampUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.core.CoreDsl.stressPeakUsers;
import static io.gatling.javaapi.core.CoreDsl.uniformRandomSwitch;

/**
 * The shapes that a load can have.
 */
enum Profile {

	/** As many executions each second. */
	STEADY {

		@Override
		Plan plan(Settings settings, Tally tally) {
			Step step = tally.step("steady");
			return new Plan(
					List.of(scenario("steady").exec(clients(settings).execute(step))
						.injectOpen(constantUsersPerSec(settings.rate()).during(settings.time()))),
					settings.time(), List.of(Judgement.nobodyFails(tally), Judgement.nobodyIsRefused(tally)));
		}

	},

	/** A few each second, then many at once, and then twice as many within seconds. */
	BURST {

		@Override
		Plan plan(Settings settings, Tally tally) {
			Duration calm = settings.time();
			Duration peak = Duration.ofSeconds(5);
			Step step = tally.step("burst");
			return new Plan(
					List.of(scenario("burst").exec(clients(settings).execute(step))
						.injectOpen(constantUsersPerSec(settings.rate()).during(calm), atOnceUsers(settings.users()),
								constantUsersPerSec(settings.rate()).during(calm),
								stressPeakUsers(2 * settings.users()).during(peak),
								constantUsersPerSec(settings.rate()).during(calm))),
					calm.multipliedBy(3).plus(peak), List.of(Judgement.nobodyFails(tally)));
		}

	},

	/** Long executions, as many at once all the time. */
	HOLD {

		@Override
		Plan plan(Settings settings, Tally tally) {
			Step step = tally.step("hold");
			return new Plan(
					List.of(scenario("hold").exec(clients(settings).execute(step))
						.injectClosed(constantConcurrentUsers(settings.users()).during(settings.time()))),
					settings.time(), List.of(Judgement.nobodyFails(tally), Judgement.nobodyIsRefused(tally)));
		}

	},

	/** Half of the clients leave early, and in between one floods. */
	STORM {

		@Override
		Plan plan(Settings settings, Tally tally) {
			Duration third = settings.time();
			Duration all = third.multipliedBy(3);
			Clients clients = clients(settings);
			Clients flooding = new Clients(settings.language(), Duration.ZERO, settings.floodKey());
			Step staying = tally.step("staying");
			Step leaving = tally.leaving("leaving");
			Step flood = tally.step("flood");
			return new Plan(
					List.of(scenario("staying").exec(clients.execute(staying))
						.injectOpen(constantUsersPerSec(settings.rate()).during(all)),
							scenario("leaving")
								.exec(uniformRandomSwitch().on(clients.executeFor(leaving, Duration.ofMillis(50)),
										clients.executeFor(leaving, Duration.ofMillis(300)),
										clients.executeFor(leaving, Duration.ofMillis(900))))
								.injectOpen(constantUsersPerSec(settings.rate()).during(all)),
							scenario("flood").exec(flooding.execute(flood))
								.injectOpen(nothingFor(third),
										rampUsersPerSec(settings.rate()).to(6 * settings.rate()).during(third))),
					all, List.of(Judgement.nobodyFails(tally)));
		}

	},

	/**
	 * One language at 0.5, 1, 2 and 3 times what its pool can take, and another one,
	 * whose pool is never full, beside it.
	 */
	OVERLOAD {

		@Override
		Plan plan(Settings settings, Tally tally) {
			return new Overload(settings, tally).plan();
		}

	};

	/**
	 * What the settings are where nobody sets others.
	 *
	 * @param pool what is behind a gateway that is started
	 * @param sessions how many executions a stand-in takes
	 * @param rate executions a second
	 * @param users clients at once
	 * @param seconds of load, or of each of its steps
	 * @param sleepMillis how long programs sleep
	 */
	record Defaults(Behind pool, int sessions, double rate, int users, int seconds, int sleepMillis) {
	}

	Defaults defaults() {
		return switch (this) {
			case STEADY -> new Defaults(Behind.EMBEDDED, 1000, 10, 0, 40, 0);
			case BURST -> new Defaults(Behind.EMBEDDED, 1000, 3, 50, 15, 0);
			case HOLD -> new Defaults(Behind.EMBEDDED, 10_000, 0, 50, 30, 4000);
			case STORM -> new Defaults(Behind.EMBEDDED, 1000, 4, 0, 13, 1000);
			case OVERLOAD -> new Defaults(Behind.STAND_IN, 100, 0, 0, 15, 500);
		};
	}

	/**
	 * Who comes.
	 * @param settings how many, and for how long
	 * @param tally where their answers are counted
	 * @return the plan
	 */
	abstract Plan plan(Settings settings, Tally tally);

	private static Clients clients(Settings settings) {
		return new Clients(settings.language(), settings.sleep(), settings.key());
	}

}
