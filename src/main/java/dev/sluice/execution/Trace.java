package dev.sluice.execution;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The trace that an execution is part of, as the W3C's Trace Context has it.
 *
 * @param id the trace's id, 32 hexadecimal digits
 * @param parent the span that the execution is a child of, 16 hexadecimal digits; null
 * where the trace begins with it
 * @param span the execution's own span
 * @param flags the lowest bit says that the trace is recorded, the one before it that its
 * id is random; further ones are not passed on
 * @param state what other systems note, the header {@code tracestate}; null where they
 * note nothing
 */
public record Trace(String id, @Nullable String parent, String span, int flags, @Nullable String state) {

	private static final int SAMPLED = 1;

	private static final int KNOWN_FLAGS = 3;

	/** Of version 00; later ones may go on after it. */
	private static final int LENGTH = 55;

	private static final int LONGEST_STATE = 512;

	private static final int MOST_MEMBERS = 32;

	private static final String ID = "[a-z0-9][-a-z0-9_*/]{0,240}";

	private static final String MEMBER = "[ \\t]*(?:" + ID + "(?:@" + ID
			+ ")?=[\\x20-\\x2b\\x2d-\\x3c\\x3e-\\x7e]{0,255}[\\x21-\\x2b\\x2d-\\x3c\\x3e-\\x7e][ \\t]*)?";

	private static final Pattern STATE = Pattern.compile(MEMBER + "(?:," + MEMBER + ")*+");

	/**
	 * A trace that begins with an execution.
	 * @param id the execution's id, which becomes the trace's
	 * @param sampled whether it is recorded
	 * @return the trace
	 */
	public static Trace begun(String id, boolean sampled) {
		return new Trace(id, null, nextSpan(), sampled ? SAMPLED : 0, null);
	}

	/**
	 * A trace that a client has begun.
	 * @param traceparent the header of that name
	 * @param tracestate the header of that name, which is left out where it is malformed;
	 * null where there is none
	 * @return the trace, with a span of its own for the execution; null where the first
	 * header is malformed, so that a new trace is to begin
	 */
	public static @Nullable Trace continued(String traceparent, @Nullable String tracestate) {
		String text = traceparent.strip();
		if (!isWellFormed(text)) {
			return null;
		}
		boolean stateCounts = tracestate != null && isWellFormedState(tracestate);
		return new Trace(text.substring(3, 35), text.substring(36, 52), nextSpan(),
				HexFormat.fromHexDigits(text, 53, 55) & KNOWN_FLAGS, stateCounts ? tracestate : null);
	}

	/**
	 * Whether the trace is recorded by those who take part in it.
	 * @return whether it is sampled
	 */
	public boolean isSampled() {
		return (this.flags & SAMPLED) != 0;
	}

	/**
	 * The header {@code traceparent} for what the execution calls.
	 * @return the header, of version 00
	 */
	public String traceparent() {
		return "00-" + this.id + "-" + this.span + "-0" + this.flags;
	}

	private static String nextSpan() {
		// Zero is no id.
		return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong() | 1);
	}

	private static boolean isWellFormed(String text) {
		boolean framed = text.length() >= LENGTH && text.charAt(2) == '-' && text.charAt(35) == '-'
				&& text.charAt(52) == '-' && (text.length() == LENGTH || text.charAt(LENGTH) == '-');
		if (!framed || !isHex(text, 0, 2) || text.startsWith("ff") || text.startsWith("00") && text.length() > LENGTH) {
			return false;
		}
		return isId(text, 3, 35) && isId(text, 36, 52) && isHex(text, 53, LENGTH);
	}

	private static boolean isId(String text, int from, int to) {
		for (int i = from; i < to; i++) {
			if (text.charAt(i) != '0') {
				return isHex(text, from, to);
			}
		}
		return false;
	}

	/** In lower case alone. */
	private static boolean isHex(String text, int from, int to) {
		for (int i = from; i < to; i++) {
			char one = text.charAt(i);
			if ((one < '0' || one > '9') && (one < 'a' || one > 'f')) {
				return false;
			}
		}
		return true;
	}

	private static boolean isWellFormedState(String state) {
		return !state.isBlank() && state.length() <= LONGEST_STATE
				&& state.chars().filter((one) -> one == ',').count() < MOST_MEMBERS && STATE.matcher(state).matches();
	}

}
