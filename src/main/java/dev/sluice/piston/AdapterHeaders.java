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

	/**
	 * On a request and on the adapter's answer to it: the execution's id. An answer that
	 * bears another one is not the answer to that request.
	 */
	public static final String EXECUTION = "Sluice-Execution";

	/** On a request: the milliseconds until the execution's deadline. */
	public static final String TIME_LEFT = "Sluice-Time-Left";

	/**
	 * On a request, with any value: the same execution may be asked for again after its
	 * connection broke, so its program outlives the connection for a while.
	 */
	public static final String REPEATABLE = "Sluice-Repeatable";

	/**
	 * On each of an adapter's answers: a random word for the life of the process that
	 * gave it. What it knows of executions ends with that.
	 */
	public static final String INCARNATION = "Sluice-Incarnation";

	/**
	 * On a request that the session may have had before: the {@link #INCARNATION} that it
	 * went to. Another one does not run the execution, unless it knows its id.
	 */
	public static final String REPEAT = "Sluice-Repeat";

	/**
	 * On a request, with the value {@code true}: the program's standard input stays open
	 * and is fed at {@link #INPUT}, and the answer is its events as they happen, with
	 * {@code end} in place of a result. It needs {@link #EXECUTION}.
	 */
	public static final String INTERACTIVE = "Sluice-Interactive";

	/**
	 * On answers with events and with runtimes: what may be asked of the adapter, as a
	 * list with commas of {@code stream} (events come as they happen),
	 * {@code interactive}, {@code eof}, {@code signal} and {@code cancel}.
	 */
	public static final String CAPABILITIES = "Sluice-Capabilities";

	/** Of {@link #CAPABILITIES}: a program's standard input can be ended. */
	public static final String CAN_END_INPUT = "eof";

	/** Of {@link #CAPABILITIES}: a program can be sent signals. */
	public static final String CAN_SIGNAL = "signal";

	/**
	 * Where an execution is cancelled, by a POST, before its id and {@link #CANCEL}: the
	 * answer is a 200 once the program has ended, or never began.
	 */
	public static final String EXECUTIONS = "/sluice/executions/";

	/** The end of the path at which an execution is cancelled. */
	public static final String CANCEL = "/cancel";

	/**
	 * The end of the path, after {@link #EXECUTIONS} and its id, at which an interactive
	 * execution is fed: an {@link InputBatch}, which is answered with {@code {"next":N}},
	 * the number of the item that is to come next.
	 */
	public static final String INPUT = "/input";

	private AdapterHeaders() {
	}

}
