package dev.sluice.execution;

import java.nio.ByteBuffer;

/**
 * A file of the client's program.
 *
 * @param name its path in the program's folder; relative, and never out of it
 * @param content its bytes
 * @param text whether the client sent it as text; the first such file is the main one
 */
public record SourceFile(String name, ByteBuffer content, boolean text) {

	/**
	 * The content from its beginning.
	 * @return a read-only view that shares the bytes
	 */
	@Override
	public ByteBuffer content() {
		return this.content.asReadOnlyBuffer();
	}

}
