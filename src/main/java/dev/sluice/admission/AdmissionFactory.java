package dev.sluice.admission;

import dev.sluice.execution.Capacity;
import dev.sluice.execution.Executor;

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
	 * @param next what executions are let in to
	 * @param capacity says whether there is room
	 * @return the admission, to be closed
	 */
	public Admission before(Executor next, Capacity capacity) {
		return new Admission(next, capacity, this.properties);
	}

}
