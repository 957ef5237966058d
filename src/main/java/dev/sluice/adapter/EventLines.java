package dev.sluice.adapter;

import java.io.IOException;
import java.nio.ByteBuffer;

import dev.sluice.adapter.Records.Kind;
import dev.sluice.execution.Stream;
import dev.sluice.piston.PistonEvents;

/**
 * A transcript's records as lines, from the first to the last one there is.
 */
final class EventLines implements Rendering {

	private static final byte[] NOTHING = new byte[0];

	private static final byte[] STDOUT = PistonEvents.beforeText(Stream.STDOUT);

	private static final byte[] STDERR = PistonEvents.beforeText(Stream.STDERR);

	private static final byte[] BEHIND = PistonEvents.behindText();

	private final Records records;

	private ByteBuffer around = ByteBuffer.wrap(NOTHING);

	EventLines(Spool spool) {
		this.records = new Records(spool, 0);
	}

	@Override
	public boolean pour(ByteBuffer into, long end) throws IOException {
		while (true) {
			Rendering.put(this.around, into);
			if (this.around.hasRemaining()) {
				return false;
			}
			if (this.records.left() > 0) {
				this.records.take(into, end);
				if (this.records.left() > 0) {
					return false;
				}
				this.around = ByteBuffer.wrap((this.records.kind() == Kind.LINE) ? NOTHING : BEHIND);
			}
			else if (this.records.next(end)) {
				this.around = ByteBuffer.wrap(before(this.records.kind()));
			}
			else {
				return true;
			}
		}
	}

	private static byte[] before(Kind kind) {
		return switch (kind) {
			case LINE -> NOTHING;
			case STDOUT -> STDOUT;
			case STDERR -> STDERR;
		};
	}

}
