package dev.sluice.execution;

/**
 * Is told of executions while they come and go. It may be called on any thread, event
 * loops among them, so it neither blocks nor throws.
 */
public interface Observer {

	/**
	 * Whether a trace is to be recorded that begins here.
	 * @param trace the trace's id
	 * @return whether it is sampled
	 */
	boolean records(String trace);

	/**
	 * An execution has come. Nothing is known of it.
	 */
	void began();

	/**
	 * An execution is over; told once for each that began, however it ended.
	 * @param report what is to be told of it
	 */
	void ended(Report report);

}
