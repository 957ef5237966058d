package dev.sluice.load;

import java.time.Duration;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.http.HttpRequestActionBuilder;
import org.jspecify.annotations.Nullable;

import static io.gatling.javaapi.core.CoreDsl.StringBody;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.jmesPath;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

/**
 * What clients of one kind do.
 *
 * @param language the language of their programs
 * @param sleep how long their programs sleep
 * @param key their API key; null for none
 */
record Clients(Language language, Duration sleep, @Nullable String key) {

	private static final String WORD = "word";

	/** More than any deadline that a gateway has by itself. */
	private static final Duration PATIENCE = Duration.ofMinutes(4);

	/**
	 * One execution, whose client waits for its answer.
	 * @param step where it is counted
	 * @return what the client does
	 */
	ChainBuilder execute(Step step) {
		return executeFor(step, PATIENCE);
	}

	/**
	 * One execution, whose client leaves after a while.
	 * @param step where it is counted
	 * @param patience after which time he leaves
	 * @return what the client does
	 */
	ChainBuilder executeFor(Step step, Duration patience) {
		return exec((session) -> {
			step.begin();
			return session.set(WORD, Language.word());
		}).exec(request(step).requestTimeout(patience)).exec((session) -> {
			step.end();
			return session;
		});
	}

	private HttpRequestActionBuilder request(Step step) {
		HttpRequestActionBuilder request = http(step.name()).post("/api/v2/execute")
			.header("Content-Type", "application/json")
			.body(StringBody((session) -> this.language.request(session.getString(WORD), this.sleep)))
			.transformResponse((response, session) -> {
				step.see(response, session.getString(WORD));
				return response;
			})
			.check(status().is(200), jmesPath("run.stdout").is((session) -> session.getString(WORD) + "\n"));
		return (this.key != null) ? request.header("X-API-Key", this.key) : request;
	}

}
