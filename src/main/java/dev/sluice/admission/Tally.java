package dev.sluice.admission;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

import dev.sluice.admission.Admission.Outcome;
import reactor.core.publisher.SignalType;

/**
 * How many came in, and what became of each.
 */
final class Tally {

	private final LongAdder admitted = new LongAdder();

	private final Map<Outcome, LongAdder> outcomes = new EnumMap<>(Outcome.class);

	Tally() {
		for (Outcome outcome : Outcome.values()) {
			this.outcomes.put(outcome, new LongAdder());
		}
	}

	void admitted() {
		this.admitted.increment();
	}

	void ended(Outcome outcome) {
		adder(outcome).increment();
	}

	long sum() {
		return this.admitted.sum();
	}

	long sum(Outcome outcome) {
		return adder(outcome).sum();
	}

	private LongAdder adder(Outcome outcome) {
		return Objects.requireNonNull(this.outcomes.get(outcome));
	}

	/** The outcome of an answer. */
	static Outcome of(SignalType end) {
		return switch (end) {
			case ON_COMPLETE -> Outcome.COMPLETED;
			case ON_ERROR -> Outcome.FAILED;
			default -> Outcome.CANCELLED;
		};
	}

}
