package dev.sluice.gateway;

import java.util.function.BiConsumer;
import java.util.regex.Pattern;

import dev.sluice.execution.Report;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Timeline;
import dev.sluice.execution.Timeline.Leg;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * What the log says of an execution: names and values, which are fields where the log is
 * structured, and else the message.
 */
enum LogLine {

	/** The values are fields of the log's events, and none that a common schema has. */
	FIELDS {

		@Override
		void write(Logger logger, Report report, long total) {
			LoggingEventBuilder event = logger.atInfo();
			tell(report, total, (name, value) -> {
				LoggingEventBuilder _ = event.addKeyValue(field(name), value);
			});
			event.log("Execution " + report.id() + " ended");
		}

	},

	/** The values are in the message. */
	TEXT {

		@Override
		void write(Logger logger, Report report, long total) {
			if (logger.isInfoEnabled()) {
				StringBuilder message = new StringBuilder("execution");
				tell(report, total, (name, value) -> message.append(' ').append(name).append('=').append(value));
				logger.info("{}", message);
			}
		}

	};

	private static final String TRACE = "trace";

	private static final String SPAN = "span";

	private static final int LONGEST = 64;

	private static final Pattern OTHERS = Pattern.compile("[^\\x21-\\x7e]");

	/**
	 * Writes a line.
	 * @param logger where to
	 * @param report the execution
	 * @param total its time in all, in nanoseconds
	 */
	abstract void write(Logger logger, Report report, long total);

	/** Those of the trace are everybody's. */
	private static String field(String name) {
		return switch (name) {
			case TRACE, SPAN -> name + ".id";
			default -> "sluice." + name;
		};
	}

	private static void tell(Report report, long total, BiConsumer<String, Object> line) {
		Timeline timeline = report.timeline();
		FailureCode code = report.code();
		line.accept("id", report.id());
		line.accept(TRACE, report.trace().id());
		line.accept(SPAN, report.trace().span());
		tellName(line, "client", report.client());
		tellName(line, "language", report.language());
		tellName(line, "pool", timeline.pool());
		line.accept("delivery", report.delivery().text());
		line.accept("outcome", report.outcome().text());
		tellName(line, "code", (code != null) ? code.text() : null);
		line.accept("attempts", timeline.sent());
		for (Leg leg : Leg.values()) {
			long spent = timeline.nanos(leg);
			if (spent >= 0) {
				line.accept(leg.text() + "_ms", millis(spent));
			}
		}
		line.accept("total_ms", millis(total));
		line.accept("received_bytes", report.received());
		line.accept("sent_bytes", report.sent());
	}

	/** A client's words must not look like another line. */
	private static void tellName(BiConsumer<String, Object> line, String name, @Nullable String value) {
		if (value != null) {
			String cut = (value.length() > LONGEST) ? value.substring(0, LONGEST) : value;
			line.accept(name, OTHERS.matcher(cut).replaceAll("?"));
		}
	}

	/** With three digits behind the point. */
	private static double millis(long nanos) {
		return Math.round(nanos / 1000.0) / 1000.0;
	}

}
