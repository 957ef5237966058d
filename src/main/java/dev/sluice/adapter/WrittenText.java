package dev.sluice.adapter;

import java.io.IOException;
import java.nio.ByteBuffer;

import dev.sluice.adapter.Records.Kind;
import org.jspecify.annotations.Nullable;

/**
 * What a stage wrote, as escaped text: the payloads of its records, one behind the other.
 */
final class WrittenText implements Rendering {

	private final Records records;

	private final long to;

	private final @Nullable Kind wanted;

	/**
	 * Makes the rendering of a part of a transcript.
	 * @param spool the transcript's bytes
	 * @param from where the stage's first record begins
	 * @param to where its last record ends
	 * @param wanted the stream that it is of; null for both
	 */
	WrittenText(Spool spool, long from, long to, @Nullable Kind wanted) {
		this.records = new Records(spool, from);
		this.to = to;
		this.wanted = wanted;
	}

	@Override
	public boolean pour(ByteBuffer into, long end) throws IOException {
		do {
			if (isWanted()) {
				this.records.take(into, this.to);
				if (this.records.left() > 0) {
					return false;
				}
			}
			this.records.skip();
		}
		while (this.records.next(this.to));
		return true;
	}

	private boolean isWanted() {
		Kind kind = this.records.kind();
		return kind != Kind.LINE && (this.wanted == null || this.wanted == kind);
	}

}
