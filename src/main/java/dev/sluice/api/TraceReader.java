package dev.sluice.api;

import java.util.List;

import dev.sluice.execution.Trace;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * Reads from a request's headers the trace that it is part of (W3C Trace Context).
 */
final class TraceReader {

	private static final String PARENT = "traceparent";

	private static final String STATE = "tracestate";

	private TraceReader() {
	}

	/**
	 * Reads it.
	 * @param request the request
	 * @return the trace; null where none was begun, or nobody can tell which
	 */
	static @Nullable Trace read(ServerRequest request) {
		HttpHeaders headers = request.exchange().getRequest().getHeaders();
		List<String> parents = headers.get(PARENT);
		if (parents == null || parents.size() != 1) {
			return null;
		}
		List<String> states = headers.get(STATE);
		return Trace.continued(parents.getFirst(), (states != null) ? String.join(",", states) : null);
	}

}
