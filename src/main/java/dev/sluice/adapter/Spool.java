package dev.sluice.adapter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Schedulers;

/**
 * Bytes that one thread at a time appends and any number of threads read: the first of
 * them in memory, the rest in a file that has no name any more, so that it is gone with
 * this process at the latest. Takes no lock.
 */
final class Spool {

	/** The beginning of the file's name, for the moment that it has one. */
	static final String NAME = "sluice-spool-";

	private static final Logger logger = LoggerFactory.getLogger(Spool.class);

	private static final int FIRST = 512;

	private final int mostInMemory;

	private final @Nullable Path folder;

	/** Only ever replaced by a copy that is longer. */
	private volatile byte[] memory = new byte[0];

	private volatile @Nullable FileChannel file;

	/** Published last: what is before it is there for every reader. */
	private volatile long size;

	/**
	 * Makes an empty spool, which takes nothing until something is appended.
	 * @param mostInMemory how many bytes to keep in memory
	 * @param folder where the file is made; null for the system's folder for temporary
	 * files
	 */
	Spool(int mostInMemory, @Nullable Path folder) {
		this.mostInMemory = mostInMemory;
		this.folder = folder;
	}

	/**
	 * Appends pieces, which readers see all at once. May block on the disk.
	 * @param pieces the bytes
	 * @throws IOException where the disk does not take them
	 */
	void append(byte[]... pieces) throws IOException {
		long at = this.size;
		for (byte[] piece : pieces) {
			int here = (int) Math.min(piece.length, Math.max(0, this.mostInMemory - at));
			if (here > 0) {
				remember(piece, here, (int) at);
			}
			if (here < piece.length) {
				store(ByteBuffer.wrap(piece, here, piece.length - here), at + here - this.mostInMemory);
			}
			at += piece.length;
		}
		this.size = at;
	}

	long size() {
		return this.size;
	}

	/**
	 * Whether reading may block. What was appended before this was false is in memory.
	 * @return whether there is a file
	 */
	boolean hasFile() {
		return this.file != null;
	}

	/**
	 * Reads some bytes, at least one. Blocks only past what is in memory.
	 * @param position of the first byte, before {@link #size()}
	 * @param into takes the bytes, and has room
	 * @throws IOException where the disk does not give them, or the spool was closed
	 */
	void read(long position, ByteBuffer into) throws IOException {
		if (position < this.mostInMemory) {
			long there = Math.min(this.size, this.mostInMemory) - position;
			into.put(this.memory, (int) position, (int) Math.min(there, into.remaining()));
			return;
		}
		FileChannel file = this.file;
		if (file == null || file.read(into, position - this.mostInMemory) <= 0) {
			throw new IOException("The file ends too early");
		}
	}

	/** Gives back the memory that nothing will be appended to. */
	void trim() {
		byte[] grown = this.memory;
		int used = (int) Math.min(this.size, this.mostInMemory);
		if (used < grown.length) {
			this.memory = Arrays.copyOf(grown, used);
		}
	}

	/**
	 * Lets go of the file. Does not block; who still reads it fails.
	 */
	void close() {
		FileChannel file = this.file;
		if (file != null) {
			Schedulers.boundedElastic().schedule(() -> close(file));
		}
	}

	private void remember(byte[] piece, int length, int at) {
		byte[] room = this.memory;
		if (room.length < at + length) {
			int wanted = Math.max(Math.max(FIRST, at + length), 2 * room.length);
			room = Arrays.copyOf(room, Math.min(this.mostInMemory, wanted));
		}
		System.arraycopy(piece, 0, room, at, length);
		this.memory = room;
	}

	private void store(ByteBuffer bytes, long at) throws IOException {
		FileChannel file = this.file;
		if (file == null) {
			file = create();
			this.file = file;
		}
		long position = at;
		while (bytes.hasRemaining()) {
			position += file.write(bytes, position);
		}
	}

	/** On the systems that we run on such a file loses its name when it is opened. */
	private FileChannel create() throws IOException {
		Path path = (this.folder != null) ? Files.createTempFile(this.folder, NAME, null)
				: Files.createTempFile(NAME, null);
		return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE,
				StandardOpenOption.DELETE_ON_CLOSE);
	}

	private static void close(FileChannel file) {
		try {
			file.close();
		}
		catch (IOException ex) {
			logger.warn("A file of what a program wrote can't be closed", ex);
		}
	}

}
