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
	 * The bounds that are in force, for a start-up block.
	 * @return a heading and words
	 */
	public String description() {
		return this.properties.description();
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
