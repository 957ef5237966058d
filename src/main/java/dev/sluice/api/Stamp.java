package dev.sluice.api;

import java.time.Duration;
import java.util.Locale;
import java.util.StringJoiner;

import dev.sluice.execution.Timeline;
import dev.sluice.http.CorsRule;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponse;

/**
 * What each response to an execution says of it, a failure too: its id, and where its
 * time went.
 */
final class Stamp {

	private Stamp() {
	}

	/**
	 * Stamps a response.
	 * @param response the response
	 * @param id the execution's id
	 * @param timeline where its time goes until the response leaves
	 */
	static void on(ServerHttpResponse response, String id, Timeline timeline) {
		HttpHeaders headers = response.getHeaders();
		headers.set(CorsRule.EXECUTION_ID, id);
		response.beforeCommit(() -> {
			headers.set(CorsRule.SERVER_TIMING, timing(timeline));
			return Mono.empty();
		});
	}

	/** As the W3C's Server Timing has it: in milliseconds. */
	static String timing(Timeline timeline) {
		StringJoiner timing = new StringJoiner(", ");
		timeline.spent()
			.forEach((leg, spent) -> timing.add(leg.name().toLowerCase(Locale.ROOT) + ";dur=" + millis(spent)));
		return timing.add("total;dur=" + millis(timeline.total())).toString();
	}

	private static String millis(Duration time) {
		long tenths = time.toNanos() / 100_000;
		return tenths / 10 + "." + tenths % 10;
	}

}
