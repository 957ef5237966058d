package dev.sluice.admission;

import java.time.Duration;

import dev.sluice.execution.Capacity;

/**
 * Admissions for tests.
 */
public final class TestAdmissions {

	private TestAdmissions() {
	}

	/**
	 * An admission with a queue that is long enough.
	 * @param capacity what executions are let in to
	 * @param maxWait how long one may wait
	 * @return the admission, to be closed
	 */
	public static Admission before(Capacity capacity, Duration maxWait) {
		return new Admission(capacity, new AdmissionProperties(20_000, 1000, null, maxWait));
	}

}
