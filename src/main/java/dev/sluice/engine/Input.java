package dev.sluice.engine;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one program gets while it runs: its standard input, and signals. It serves one
 * run. Who gives never blocks and takes no lock, and may do so from any thread, before
 * the program runs as well as after; two that write at once must agree on an order
 * themselves.
 */
public final class Input {

	/**
	 * The names of the signals that a program can be sent, {@code SIGHUP} to
	 * {@code SIGSYS}.
	 */
	public static final Set<String> SIGNALS = Signals.names();

	private static final byte[] END = new byte[0];

	private static final int OVER = 0;

	private final String beginning;

	private final long mostBytes;

	/** These queues take no lock: an event loop puts into them. */
	private final BlockingQueue<byte[]> chunks = new LinkedTransferQueue<>();

	private final BlockingQueue<Integer> signals = new LinkedTransferQueue<>();

	private final AtomicLong unread = new AtomicLong();

	/** A bit for each signal in its queue, where like the kernel's it is once at most. */
	private final AtomicLong pending = new AtomicLong();

	private volatile boolean ended;

	private volatile boolean closed;

	private volatile Runnable room = () -> {
	};

	private Input(String beginning, long mostBytes) {
		this.beginning = beginning;
		this.mostBytes = mostBytes;
	}

	/**
	 * A standard input that is all there.
	 * @param text what the program reads, to the end of the file
	 * @return the input
	 */
	public static Input whole(String text) {
		Input input = new Input(text, 0);
		input.end();
		return input;
	}

	/**
	 * A standard input that stays open.
	 * @param mostBytes how much may wait for the program to read it, beside the 64 KiB or
	 * so that the system's pipe takes
	 * @return the input
	 */
	public static Input open(int mostBytes) {
		return new Input("", mostBytes);
	}

	/**
	 * Gives the program something to read, all of it or nothing. Where nothing waits it
	 * always fits. After {@link #end()}, and after the program's end, it is ignored.
	 * @param bytes what to read, which must not change any more
	 * @return false where there is no room for it
	 */
	public boolean write(byte[] bytes) {
		if (this.ended || bytes.length == 0) {
			return true;
		}
		long before;
		do {
			before = this.unread.get();
			if (before > 0 && before + bytes.length > this.mostBytes) {
				return false;
			}
		}
		while (!this.unread.compareAndSet(before, before + bytes.length));
		this.chunks.add(bytes);
		return true;
	}

	/**
	 * Ends the file, behind what was written.
	 */
	public void end() {
		this.ended = true;
		this.chunks.add(END);
	}

	/**
	 * Sends a signal to the program and its process group, as a terminal does. One that
	 * comes before the program runs waits for it; one that waits already, or comes after
	 * the program's end, is ignored.
	 * @param name one of {@link #SIGNALS}
	 */
	public void signal(String name) {
		int number = Signals.number(name);
		long bit = 1L << number;
		if (!this.closed && (this.pending.getAndUpdate((bits) -> bits | bit) & bit) == 0) {
			this.signals.add(number);
		}
	}

	/**
	 * Tells who writes when there is room again: each time that the program has read
	 * something, when it will read no more, and at once where nothing waits, so that no
	 * room is missed that came before this call.
	 * @param listener run on any thread, perhaps once too often; must return at once and
	 * not throw. It takes the place of the one before it
	 */
	public void onRoom(Runnable listener) {
		this.room = listener;
		if (this.unread.get() <= 0) {
			listener.run();
		}
	}

	/**
	 * Writes to a program's standard input until its end. Blocks.
	 * @param stdin where to; to be closed by the caller
	 * @throws IOException where the program reads no more
	 */
	void feed(OutputStream stdin) throws IOException, InterruptedException {
		try {
			stdin.write(this.beginning.getBytes(StandardCharsets.UTF_8));
			stdin.flush();
			for (byte[] chunk = this.chunks.take(); chunk.length > 0; chunk = this.chunks.take()) {
				stdin.write(chunk);
				stdin.flush();
				this.unread.addAndGet(-chunk.length);
				this.room.run();
			}
		}
		finally {
			discard();
		}
	}

	/**
	 * Takes the signals that wait. Blocks until there is one.
	 * @return their numbers, in their order; none once the program is over
	 */
	List<Integer> takeSignals() throws InterruptedException {
		List<Integer> numbers = new ArrayList<>();
		numbers.add(this.signals.take());
		this.signals.drainTo(numbers);
		if (numbers.contains(OVER)) {
			return List.of();
		}
		numbers.forEach((number) -> this.pending.getAndUpdate((bits) -> bits & ~(1L << number)));
		return numbers;
	}

	/**
	 * Says that the program is over, or will never run.
	 */
	void close() {
		if (!this.closed) {
			this.closed = true;
			discard();
			this.chunks.add(END);
			this.signals.add(OVER);
		}
	}

	private void discard() {
		this.ended = true;
		this.chunks.clear();
		this.unread.set(0);
		this.room.run();
	}

}
