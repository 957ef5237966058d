package dev.sluice.gateway;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;

/**
 * The readiness as a number. A gateway that never had a token gets no executions, and has
 * no failures to be seen by.
 */
final class ReadinessMetrics implements MeterBinder {

	private final Chain chain;

	private final ApplicationAvailability availability;

	ReadinessMetrics(Chain chain, ApplicationAvailability availability) {
		this.chain = chain;
		this.availability = availability;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("sluice.ready", this, (one) -> one.isReady() ? 1 : 0)
			.description("1 while the readiness is green")
			.register(registry);
	}

	private boolean isReady() {
		return this.availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC && this.chain.isReady();
	}

}
