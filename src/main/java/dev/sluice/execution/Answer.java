package dev.sluice.execution;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SignalType;

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

	private final AtomicBoolean taken = new AtomicBoolean();

	private Answer(Flux<DataBuffer> body, Runnable discard, @Nullable InputChannel input) {
		this.body = body;
		this.discard = discard;
		this.input = input;
	}

	/**
	 * An answer whose bytes are on their way.
	 * @param body the bytes, under backpressure; an error is an {@link ExecutionFailure},
	 * and means that what came so far is not a whole verdict
	 * @param discard lets go of what the answer holds where nobody reads it
	 * @return the answer
	 */
	public static Answer streaming(Flux<DataBuffer> body, Runnable discard) {
		return new Answer(body, discard, null);
	}

	/**
	 * The events of a program that can be told things while it runs.
	 * @param body the bytes, as of {@link #streaming}
	 * @param discard lets go of what the answer holds where nobody reads it
	 * @param input the way to the program
	 * @return the answer
	 */
	public static Answer dialogue(Flux<DataBuffer> body, Runnable discard, InputChannel input) {
		return new Answer(body, discard, input);
	}

	/**
	 * An answer that is whole, and holds nothing.
	 * @param body all of its bytes
	 * @param buffers makes the buffer that carries them
	 * @return the answer
	 */
	public static Answer whole(byte[] body, DataBufferFactory buffers) {
		return new Answer(Flux.defer(() -> Flux.just(buffers.wrap(body))), () -> {
		}, null);
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
		return onEnd((signal) -> action.run());
	}

	/**
	 * This answer, with something to do once it has come to its end in whatever way.
	 * @param action run once, as of {@link #onEnd(Runnable)}, with how the body ended:
	 * {@link SignalType#ON_COMPLETE}, {@link SignalType#ON_ERROR}, or else
	 * {@link SignalType#CANCEL}, also where nobody read it
	 * @return the answer to hand on in place of this one
	 */
	public Answer onEnd(Consumer<SignalType> action) {
		return new Answer(body().doFinally(action), () -> {
			discard();
			action.accept(SignalType.CANCEL);
		}, this.input);
	}

	/**
	 * The way to the program.
	 * @return the way; null where the program can't be told anything
	 */
	public @Nullable InputChannel input() {
		return this.input;
	}

	private boolean take() {
		return this.taken.compareAndSet(false, true);
	}

}
