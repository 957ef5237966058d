package dev.sluice.gateway;

import java.util.Objects;
import java.util.function.Supplier;

import dev.sluice.execution.Trace;
import io.opentelemetry.sdk.trace.IdGenerator;

/**
 * Gives spans the ids that were told to pools before there were any spans.
 */
final class GivenIds implements IdGenerator {

	private static final ThreadLocal<Trace> given = new ThreadLocal<>();

	/**
	 * Does something with the ids of a trace.
	 * @param <T> what comes of it
	 * @param trace the trace
	 * @param start starts one span, on this thread
	 * @return what came of it
	 */
	<T> T with(Trace trace, Supplier<T> start) {
		given.set(trace);
		try {
			return start.get();
		}
		finally {
			given.remove();
		}
	}

	@Override
	public String generateSpanId() {
		return now().span();
	}

	@Override
	public String generateTraceId() {
		return now().id();
	}

	private Trace now() {
		return Objects.requireNonNull(given.get(), "A span has the ids of an execution");
	}

}
