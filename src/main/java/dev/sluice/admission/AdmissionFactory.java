package dev.sluice.admission;

import dev.sluice.execution.Capacity;

/**
 * Makes admissions.
 */
public final class AdmissionFactory {

	private final AdmissionProperties properties;

	AdmissionFactory(AdmissionProperties properties) {
		this.properties = properties;
	}

	/**
	 * An admission.
	 * @param capacity what executions are let in to
	 * @return the admission, to be closed
	 */
	public Admission before(Capacity capacity) {
		return new Admission(capacity, this.properties);
	}

}
