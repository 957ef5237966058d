package dev.sluice.piston;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * Reads a Piston's answer as it passes, and keeps nothing of it: whether it is one JSON
 * object with a run, and no stage in which the sandbox itself failed (status XX).
 */
final class VerdictCheck {

	/** What may come next. */
	private enum Next {

		VALUE, VALUE_OR_END, NAME, NAME_OR_END, COLON, COMMA_OR_END, NOTHING

	}

	/** A Piston's answer has two levels. */
	private static final int DEEPEST = 100;

	private static final int LONGEST_LITERAL = 64;

	private static final Pattern LITERAL = Pattern.compile("true|false|null|-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?");

	/** For each level, whether it is an object. */
	private final BitSet objects = new BitSet(DEEPEST);

	private int depth;

	private Next next = Next.VALUE;

	private boolean withinString;

	/** What is left of an escape: its letter, or its digits. */
	private int escaped;

	/** The beginning of the string or literal that is being read. */
	private final StringBuilder text = new StringBuilder();

	private boolean withinLiteral;

	private String stage = "";

	private String field = "";

	private boolean run;

	private boolean broken;

	/**
	 * Lets an answer pass that is too long to be held.
	 * @param answer its bytes
	 * @param noVerdict what it fails with once it is over, where it is no verdict
	 * @return the same bytes
	 */
	static Flux<DataBuffer> checked(Flux<DataBuffer> answer, Supplier<? extends Throwable> noVerdict) {
		return Flux.defer(() -> {
			VerdictCheck check = new VerdictCheck();
			return answer.doOnNext(check::read)
				.concatWith(Mono.defer(() -> check.isVerdict() ? Mono.empty() : Mono.error(noVerdict)));
		});
	}

	/** Takes more of the bytes. */
	void read(ByteBuffer bytes) {
		while (bytes.hasRemaining() && !this.broken) {
			read(bytes.get());
			if (this.withinString && this.escaped == 0 && this.text.length() >= LONGEST_LITERAL) {
				passPlain(bytes);
			}
		}
	}

	/** A long string is looked through for its end, and for what it may not hold. */
	private static void passPlain(ByteBuffer bytes) {
		int at = bytes.position();
		while (at < bytes.limit() && isPlain(bytes.get(at))) {
			at++;
		}
		bytes.position(at);
	}

	private static boolean isPlain(byte one) {
		return one != '"' && one != '\\' && (one >= ' ' || one < 0);
	}

	/** Whether all the bytes were a verdict. */
	boolean isVerdict() {
		return !this.broken && this.next == Next.NOTHING && this.run;
	}

	private void read(DataBuffer buffer) {
		try (DataBuffer.ByteBufferIterator parts = buffer.readableByteBuffers()) {
			parts.forEachRemaining(this::read);
		}
	}

	private void read(byte one) {
		if (this.withinString) {
			string(one);
		}
		else if (this.withinLiteral && !isDelimiter(one)) {
			keep(one);
			this.broken = this.text.length() >= LONGEST_LITERAL;
		}
		else {
			endLiteral();
			structure(one);
		}
	}

	private void structure(byte one) {
		switch (one) {
			case ' ', '\t', '\r', '\n' -> {
				// It stands between the tokens.
			}
			case '{', '[' -> open(one == '{');
			case '}', ']' -> close(one == '}');
			case ':' -> expect(this.next == Next.COLON, Next.VALUE);
			case ',' -> expect(this.next == Next.COMMA_OR_END, this.objects.get(this.depth) ? Next.NAME : Next.VALUE);
			case '"' -> {
				expect(isValueNext() || isNameNext(), this.next);
				this.withinString = true;
				this.text.setLength(0);
			}
			default -> {
				expect(isValueNext() && this.depth > 0, this.next);
				this.withinLiteral = true;
				this.text.setLength(0);
				keep(one);
			}
		}
	}

	private void string(byte one) {
		if (this.escaped > 0) {
			escape(one);
		}
		else if (one == '\\') {
			this.escaped = 1;
			keep(one);
		}
		else if (one == '"') {
			this.withinString = false;
			endString();
		}
		else {
			this.broken = one >= 0 && one < ' ';
			keep(one);
		}
	}

	/** Of {@code u} four digits follow. */
	private void escape(byte one) {
		if (this.escaped == 1) {
			this.broken = "\"\\/bfnrtu".indexOf(one) < 0;
			this.escaped = (one == 'u') ? 5 : 0;
		}
		else {
			this.broken = Character.digit(one, 16) < 0;
			this.escaped = (this.escaped == 2) ? 0 : this.escaped - 1;
		}
	}

	private void endString() {
		if (isNameNext()) {
			name(this.text.toString());
			this.next = Next.COLON;
			return;
		}
		boolean failed = this.depth == 2 && this.field.equals("status") && this.text.toString().equals("XX")
				&& (this.stage.equals("run") || this.stage.equals("compile"));
		this.broken = failed || this.depth == 0;
		this.next = Next.COMMA_OR_END;
	}

	private void name(String name) {
		if (this.depth == 1) {
			this.stage = name;
		}
		else if (this.depth == 2) {
			this.field = name;
		}
	}

	private void endLiteral() {
		if (this.withinLiteral) {
			this.withinLiteral = false;
			expect(LITERAL.matcher(this.text).matches(), Next.COMMA_OR_END);
		}
	}

	private void open(boolean object) {
		expect(isValueNext() && this.depth < DEEPEST && (object || this.depth > 0),
				object ? Next.NAME_OR_END : Next.VALUE_OR_END);
		this.run |= object && this.depth == 1 && this.stage.equals("run");
		this.objects.set(++this.depth, object);
	}

	private void close(boolean object) {
		boolean fits = this.depth > 0 && this.objects.get(this.depth) == object
				&& (this.next == Next.COMMA_OR_END || this.next == (object ? Next.NAME_OR_END : Next.VALUE_OR_END));
		this.depth--;
		this.field = "";
		expect(fits, (this.depth == 0) ? Next.NOTHING : Next.COMMA_OR_END);
	}

	private void expect(boolean fits, Next then) {
		this.broken |= !fits;
		this.next = then;
	}

	private boolean isValueNext() {
		return this.next == Next.VALUE || this.next == Next.VALUE_OR_END;
	}

	private boolean isNameNext() {
		return this.next == Next.NAME || this.next == Next.NAME_OR_END;
	}

	private void keep(byte one) {
		if (this.text.length() < LONGEST_LITERAL) {
			this.text.append((char) (one & 0xff));
		}
	}

	private static boolean isDelimiter(byte one) {
		return switch (one) {
			case ' ', '\t', '\r', '\n', ',', '}', ']', ':', '"', '{', '[' -> true;
			default -> false;
		};
	}

}
