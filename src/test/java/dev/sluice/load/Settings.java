package dev.sluice.load;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * What the load test was told by system properties ({@code -Dname=value}).
 *
 * @param profile {@code profile}: the shape of the load; {@code steady} by default
 * @param url {@code sluice.url}: where the gateway is; by default one is started
 * @param management {@code sluice.management}: where its actuator is, for its gauges; by
 * default nobody asks for them, except those of one that was started
 * @param key {@code sluice.key}, or the environment's {@code GATLING_KEY}: the clients'
 * API key; none by default
 * @param floodKey {@code sluice.flood-key}, or {@code GATLING_FLOOD_KEY}: the key of the
 * client that floods; by default the same
 * @param pool {@code pool}: what is behind a gateway that is started: {@code embedded},
 * its own pool, which runs the programs on this machine; or {@code stand-in}, which runs
 * none and prints what they would, for rates that this machine could not run
 * @param sessions {@code sessions}: how many executions a stand-in takes at once, and
 * refuses past that
 * @param believed {@code believed}: how many the gateway thinks that it takes; by default
 * the same
 * @param language {@code language}: python or bash
 * @param rate {@code rate}: executions a second, where the profile has a rate
 * @param users {@code users}: clients at once, where the profile has a number of them
 * @param time {@code time}: seconds of load, or of each step of it
 * @param sleep {@code sleep}: milliseconds that each program sleeps
 * @param refusedWithin {@code refused-within}: milliseconds in which 99 % of an
 * overload's refusals have to come; 20 by default
 * @param arguments {@code gateway.arguments}: more for the gateway that is started, with
 * blanks between
 */
record Settings(Profile profile, @Nullable URI url, @Nullable URI management, @Nullable String key,
		@Nullable String floodKey, Behind pool, int sessions, int believed, Language language, double rate, int users,
		Duration time, Duration sleep, long refusedWithin, List<String> arguments) {

	private static final String KEY = "GATLING_KEY";

	private static final String FLOOD_KEY = "GATLING_FLOOD_KEY";

	/** What the environment may have for a load test. */
	static final Set<String> VARIABLES = Set.of(KEY, FLOOD_KEY);

	/** What is behind a gateway that is started. */
	enum Behind {

		/** The gateway's own pool. */
		EMBEDDED,

		/** A pool that runs nothing. */
		STAND_IN

	}

	static Settings read() {
		Profile profile = choice(Profile.class, "profile", Profile.STEADY);
		Profile.Defaults defaults = profile.defaults();
		String url = System.getProperty("sluice.url");
		String management = System.getProperty("sluice.management");
		String key = System.getProperty("sluice.key", System.getenv(KEY));
		String floodKey = System.getProperty("sluice.flood-key", System.getenv(FLOOD_KEY));
		int sessions = Integer.getInteger("sessions", defaults.sessions());
		return new Settings(profile, (url != null) ? URI.create(url) : null,
				(management != null) ? URI.create(management) : null, key, (floodKey != null) ? floodKey : key,
				choice(Behind.class, "pool", defaults.pool()), sessions, Integer.getInteger("believed", sessions),
				choice(Language.class, "language", Language.PYTHON),
				Double.parseDouble(System.getProperty("rate", String.valueOf(defaults.rate()))),
				Integer.getInteger("users", defaults.users()),
				Duration.ofSeconds(Integer.getInteger("time", defaults.seconds())),
				Duration.ofMillis(Integer.getInteger("sleep", defaults.sleepMillis())),
				Long.getLong("refused-within", 20),
				Arrays.stream(System.getProperty("gateway.arguments", "").split("\\s+"))
					.filter((argument) -> !argument.isEmpty())
					.toList());
	}

	private static <E extends Enum<E>> E choice(Class<E> type, String name, E otherwise) {
		String value = System.getProperty(name);
		if (value == null) {
			return otherwise;
		}
		return Arrays.stream(type.getEnumConstants())
			.filter((one) -> word(one).equals(value))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("There is no " + name + " '" + value + "'. There are: "
					+ String.join(", ", Arrays.stream(type.getEnumConstants()).map(Settings::word).toList())));
	}

	static String word(Enum<?> one) {
		return one.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
