package dev.sluice.gateway;

import java.util.Locale;

import dev.sluice.admission.Admission;
import dev.sluice.admission.Admission.Outcome;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Who waits, who is inside, and what became of the others. Where nothing is under way, as
 * many were admitted as have completed, failed, and were cancelled.
 */
final class AdmissionMetrics implements MeterBinder {

	private final Chain chain;

	AdmissionMetrics(Chain chain) {
		this.chain = chain;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Admission admission = this.chain.admission();
		if (admission != null) {
			bind(registry, admission);
		}
	}

	private static void bind(MeterRegistry registry, Admission admission) {
		Gauge.builder("sluice.admission.waiting", admission, Admission::waiting)
			.description("executions that wait for their turn")
			.register(registry);
		Gauge.builder("sluice.admission.in-flight", admission, Admission::inFlight)
			.description("executions that are inside, each until its answer's end")
			.register(registry);
		FunctionCounter.builder("sluice.admission.admitted", admission, Admission::admitted)
			.description("executions that were let in")
			.register(registry);
		for (Outcome outcome : Outcome.values()) {
			FunctionCounter.builder("sluice.admission.ended", admission, (one) -> one.ended(outcome))
				.tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
				.description("executions that came to an end")
				.register(registry);
		}
	}

}
