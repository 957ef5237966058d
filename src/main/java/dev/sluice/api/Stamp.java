package dev.sluice.api;

import dev.sluice.execution.Timeline;
import dev.sluice.execution.Timeline.Leg;
import dev.sluice.http.CorsRule;
import org.springframework.http.server.reactive.ServerHttpResponse;

/**
 * What each response to an execution says of it, a failure too: its id, and where its
 * time went.
 */
final class Stamp {

	/** Enough for all of it. */
	private static final int LONG = 80;

	private static final Leg[] LEGS = Leg.values();

	private Stamp() {
	}

	/**
	 * Names the execution.
	 * @param response the response
	 * @param id the execution's id
	 */
	static void name(ServerHttpResponse response, String id) {
		response.getHeaders().set(CorsRule.EXECUTION_ID, id);
	}

	/**
	 * Says where its time went.
	 * @param response the response, which leaves now
	 * @param timeline the time until now
	 */
	static void time(ServerHttpResponse response, Timeline timeline) {
		response.getHeaders().set(CorsRule.SERVER_TIMING, timing(timeline));
	}

	/** As the W3C's Server Timing has it: in milliseconds. */
	static String timing(Timeline timeline) {
		StringBuilder timing = new StringBuilder(LONG);
		for (Leg leg : LEGS) {
			long nanos = timeline.nanos(leg);
			if (nanos >= 0) {
				add(timing, leg.text(), nanos).append(", ");
			}
		}
		return add(timing, "total", timeline.totalNanos()).toString();
	}

	private static StringBuilder add(StringBuilder timing, String name, long nanos) {
		long tenths = nanos / 100_000;
		return timing.append(name).append(";dur=").append(tenths / 10).append('.').append(tenths % 10);
	}

}
