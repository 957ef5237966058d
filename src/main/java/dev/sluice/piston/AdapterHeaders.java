package dev.sluice.piston;

/**
 * The headers by which the gateway and its adapter know each other.
 */
public final class AdapterHeaders {

	/**
	 * On each of an adapter's answers: tells its own words from those of the pool before
	 * it, and from those of a bare Piston.
	 */
	public static final String ADAPTER = "Sluice-Adapter";

	/** The version of what the two have agreed on, as {@link #ADAPTER}'s value. */
	public static final String AGREEMENT = "1";

	/** On a request: the execution's id. */
	public static final String EXECUTION = "Sluice-Execution";

	private AdapterHeaders() {
	}

}
