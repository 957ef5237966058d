package dev.sluice.api;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * Puts lines together from the buffers in which they come.
 */
final class Lines {

	private static final int LONGEST = 1024 * 1024;

	private final ByteArrayOutputStream begun = new ByteArrayOutputStream(256);

	/**
	 * Takes a buffer.
	 * @param buffer the buffer, which is released
	 * @return the lines that end in it, without their ends
	 * @throws ExecutionFailure where a line is longer than any that an adapter writes
	 */
	List<byte[]> add(DataBuffer buffer) {
		byte[] bytes = new byte[buffer.readableByteCount()];
		buffer.read(bytes);
		DataBufferUtils.release(buffer);
		List<byte[]> lines = new ArrayList<>(2);
		int from = 0;
		for (int i = 0; i < bytes.length; i++) {
			if (bytes[i] == '\n') {
				this.begun.write(bytes, from, i - from);
				lines.add(this.begun.toByteArray());
				this.begun.reset();
				from = i + 1;
			}
		}
		this.begun.write(bytes, from, bytes.length - from);
		if (this.begun.size() > LONGEST) {
			throw ExecutionFailure.broken(FailureCode.POOL_ANSWER_INVALID, Executed.YES,
					"The pool told an event of more than " + LONGEST + " bytes");
		}
		return lines;
	}

}
