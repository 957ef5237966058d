package dev.sluice.api;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.sluice.execution.Client;
import dev.sluice.execution.Deadline;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.Priority;
import dev.sluice.execution.Terms;
import dev.sluice.piston.PistonLimits;
import dev.sluice.piston.PistonOutline;
import org.jspecify.annotations.Nullable;

import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * Reads from a request's headers on what terms it is to run.
 */
final class TermsReader {

	/** As in the IETF's draft: whoever sends it allows the request to be repeated. */
	private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

	private static final String SESSION = "X-Session-Id";

	private static final String PRIORITY = "X-Priority";

	private static final String TIMEOUT = "X-Request-Timeout";

	private static final Pattern TIME = Pattern.compile("(\\d{1,7})(ms|s)?");

	private static final Pattern NAME = Pattern.compile("[\\x21-\\x7e]{1,255}");

	private final DeadlineProperties properties;

	TermsReader(DeadlineProperties properties) {
		this.properties = properties;
	}

	/**
	 * Reads the terms. Time begins to count.
	 * @param request the request
	 * @param asked what it asks to run
	 * @param limits the limits that hold for it
	 * @param client who asks
	 * @return the terms
	 * @throws ExecutionFailure with {@link FailureCode#INVALID_REQUEST} where a header
	 * can't be read
	 */
	Terms read(ServerRequest request, PistonOutline asked, PistonLimits limits, Client client) {
		Duration program = asked.time(limits.compileTimeout(), limits.runTimeout());
		Deadline deadline = this.properties.deadline(timeout(request), program);
		return new Terms(deadline, name(request, IDEMPOTENCY_KEY) != null, client.name(), name(request, SESSION))
			.at(client.priority().lowered(wish(request)));
	}

	private static Priority wish(ServerRequest request) {
		String text = request.headers().firstHeader(PRIORITY);
		return switch ((text != null) ? text.strip().toLowerCase(Locale.ROOT) : "interactive") {
			case "interactive" -> Priority.INTERACTIVE;
			case "batch" -> Priority.BATCH;
			default -> throw invalid(PRIORITY + " must be interactive or batch");
		};
	}

	private static @Nullable Duration timeout(ServerRequest request) {
		String text = request.headers().firstHeader(TIMEOUT);
		if (text == null) {
			return null;
		}
		Matcher time = TIME.matcher(text.strip());
		if (!time.matches() || Long.parseLong(time.group(1)) == 0) {
			throw invalid(TIMEOUT + " must be a number of seconds, or of milliseconds with ms behind it");
		}
		long number = Long.parseLong(time.group(1));
		return "ms".equals(time.group(2)) ? Duration.ofMillis(number) : Duration.ofSeconds(number);
	}

	private static @Nullable String name(ServerRequest request, String header) {
		String text = request.headers().firstHeader(header);
		if (text != null && !NAME.matcher(text).matches()) {
			throw invalid(header + " must have 1 to 255 visible ASCII characters");
		}
		return text;
	}

	private static ExecutionFailure invalid(String message) {
		return ExecutionFailure.refused(FailureCode.INVALID_REQUEST, message);
	}

}
