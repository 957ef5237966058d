package dev.sluice.execution;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;

/**
 * A verdict in Piston's JSON, or the events of a program as lines of JSON, as its
 * execution's terms want it. It owns what the execution holds (a connection, a permit, a
 * session) until its body completed, failed, was cancelled, or was discarded unread.
 */
public final class Answer {

	private final Flux<DataBuffer> body;

	private final Runnable discard;

	private final @Nullable InputChannel input;

	private final Runnable done;

	private final AtomicBoolean taken = new AtomicBoolean();

	private Answer(Flux<DataBuffer> body, Runnable discard, @Nullable InputChannel input, Runnable done) {
		this.body = body;
		this.discard = discard;
		this.input = input;
		this.done = done;
	}

	/**
	 * An answer whose bytes are on their way.
	 * @param body the bytes, under backpressure; an error is an {@link ExecutionFailure},
	 * and means that what came so far is not a whole verdict
	 * @param discard lets go of what the answer holds where nobody reads it
	 * @return the answer
	 */
	public static Answer streaming(Flux<DataBuffer> body, Runnable discard) {
		return new Answer(body, discard, null, Answer::nothing);
	}

	/**
	 * The events of a program that can be told things while it runs.
	 * @param body the bytes, as of {@link #streaming}
	 * @param discard lets go of what the answer holds where nobody reads it
	 * @param input the way to the program
	 * @return the answer
	 */
	public static Answer dialogue(Flux<DataBuffer> body, Runnable discard, InputChannel input) {
		return new Answer(body, discard, input, Answer::nothing);
	}

	/**
	 * An answer that is whole, and holds nothing.
	 * @param body all of its bytes
	 * @param buffers makes the buffer that carries them
	 * @return the answer
	 */
	public static Answer whole(byte[] body, DataBufferFactory buffers) {
		return new Answer(Flux.defer(() -> Flux.just(buffers.wrap(body))), Answer::nothing, null, Answer::nothing);
	}

	/**
	 * The answer's bytes. Whoever subscribes takes the answer over, and must release the
	 * buffers; a cancel gives back what it holds.
	 * @return the bytes, for one subscriber
	 */
	public Flux<DataBuffer> body() {
		return Flux.defer(() -> take() ? this.body
				: Flux.error(new IllegalStateException("An answer is read once, and not after it was discarded")));
	}

	/**
	 * Gives back what the answer holds, where its body was not read; does nothing
	 * otherwise, so it may always be called.
	 */
	public void discard() {
		if (take()) {
			this.discard.run();
		}
	}

	/**
	 * This answer, with something to do once it has come to its end in whatever way.
	 * @param action run once: after the body completed, failed or was cancelled, or the
	 * answer was discarded
	 * @return the answer to hand on in place of this one
	 */
	public Answer onEnd(Runnable action) {
		return through((body) -> body.doFinally((signal) -> action.run()), action);
	}

	/**
	 * This answer, with its body led through something that watches it.
	 * @param watched leads the body through, and passes its bytes on as they are
	 * @param unread run where the answer was discarded, so that nothing of it is read
	 * @return the answer to hand on in place of this one
	 */
	public Answer through(UnaryOperator<Flux<DataBuffer>> watched, Runnable unread) {
		return new Answer(watched.apply(body()), () -> {
			discard();
			unread.run();
		}, this.input, this::done);
	}

	/**
	 * This answer, watched until its last byte has been handed on.
	 * @param watched stands in for its body
	 * @param watchedDiscard lets go of it where nobody reads it
	 * @param watchedDone run when its reader is done with it; maybe more than once
	 * @return the answer to hand on in place of this one
	 */
	public Answer watched(Flux<DataBuffer> watched, Runnable watchedDiscard, Runnable watchedDone) {
		return new Answer(watched, watchedDiscard, this.input, watchedDone);
	}

	/**
	 * Whoever hands the answer's bytes on says that the last of them has left, or that
	 * none will any more. Discards it where its body was not read. May be called again.
	 */
	public void done() {
		discard();
		this.done.run();
	}

	/**
	 * The way to the program.
	 * @return the way; null where the program can't be told anything
	 */
	public @Nullable InputChannel input() {
		return this.input;
	}

	private static void nothing() {
		// There is nothing to do.
	}

	private boolean take() {
		return this.taken.compareAndSet(false, true);
	}

}
