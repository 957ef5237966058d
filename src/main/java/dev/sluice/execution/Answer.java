package dev.sluice.execution;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import reactor.core.observability.DefaultSignalListener;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * A verdict in Piston's JSON, or the events of a program as lines of JSON, as its
 * execution's terms want it. It owns what the execution holds (a connection, a permit, a
 * session) until its body completed, failed, was cancelled, or was discarded unread.
 */
public final class Answer {

	/** Watches an answer's bytes, and hears of their end. */
	public abstract static class Watcher extends DefaultSignalListener<DataBuffer> {

		@Override
		public abstract void doOnNext(DataBuffer buffer);

		@Override
		public abstract void doOnComplete();

		@Override
		public abstract void doOnError(Throwable error);

	}

	private final Flux<DataBuffer> body;

	private final Runnable discard;

	private final @Nullable InputChannel input;

	/** Gives all of it, where it is there already; the same bytes as the body's. */
	private final @Nullable Supplier<@Nullable DataBuffer> whole;

	private final Runnable done;

	private final AtomicBoolean taken = new AtomicBoolean();

	private Answer(Flux<DataBuffer> body, @Nullable Supplier<@Nullable DataBuffer> whole, Runnable discard,
			@Nullable InputChannel input, Runnable done) {
		this.body = body;
		this.whole = whole;
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
		return new Answer(body, null, discard, null, Answer::nothing);
	}

	/**
	 * The events of a program that can be told things while it runs.
	 * @param body the bytes, as of {@link #streaming}
	 * @param discard lets go of what the answer holds where nobody reads it
	 * @param input the way to the program
	 * @return the answer
	 */
	public static Answer dialogue(Flux<DataBuffer> body, Runnable discard, InputChannel input) {
		return new Answer(body, null, discard, input, Answer::nothing);
	}

	/**
	 * An answer that is whole, and holds nothing.
	 * @param body all of its bytes
	 * @param buffers makes the buffer that carries them
	 * @return the answer
	 */
	public static Answer whole(byte[] body, DataBufferFactory buffers) {
		return whole(() -> buffers.wrap(body), Answer::nothing, Answer::nothing);
	}

	/**
	 * An answer that is whole.
	 * @param body gives all of its bytes in one buffer, which is there at once; null
	 * where they were let go of
	 * @param discard lets go of them where nobody reads them
	 * @param done run when their reader is {@linkplain #done() done} with them; maybe
	 * more than once
	 * @return the answer
	 */
	public static Answer whole(Supplier<@Nullable DataBuffer> body, Runnable discard, Runnable done) {
		return new Answer(Flux.empty(), body, discard, null, done);
	}

	/**
	 * The answer's bytes. Whoever subscribes takes the answer over, and must release the
	 * buffers; a cancel gives back what it holds.
	 * @return the bytes, for one subscriber
	 */
	public Flux<DataBuffer> body() {
		Mono<DataBuffer> all = whole();
		return (all != null) ? all.flux() : Flux.defer(() -> take() ? this.body : Flux.error(spent()));
	}

	/**
	 * The answer's bytes in one buffer, where all of them are there already: who writes
	 * them at once spares much of what it takes to stream them, and is
	 * {@linkplain #done() done} once they have left.
	 * @return the bytes, in place of {@link #body()}; null where they are to be streamed
	 */
	public @Nullable Mono<DataBuffer> whole() {
		Supplier<@Nullable DataBuffer> all = this.whole;
		return (all != null) ? Mono.fromSupplier(() -> take(all))
			.doOnCancel(this::discard)
			.doOnDiscard(DataBuffer.class, DataBufferUtils::release) : null;
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
		return with((body) -> body.doFinally(action), (all) -> {
			SignalType end = SignalType.ON_ERROR;
			try {
				DataBuffer bytes = all.get();
				end = SignalType.ON_COMPLETE;
				return bytes;
			}
			finally {
				action.accept(end);
			}
		}, () -> action.accept(SignalType.CANCEL));
	}

	/**
	 * This answer, with somebody who watches its bytes.
	 * @param watcher makes who watches
	 * @param unread run where the answer was discarded, so that nothing of it is read
	 * @return the answer to hand on in place of this one
	 */
	public Answer watchedBy(Supplier<Watcher> watcher, Runnable unread) {
		return with((body) -> body.tap(() -> watcher.get()), (all) -> {
			Watcher mine = watcher.get();
			try {
				DataBuffer bytes = all.get();
				if (bytes != null) {
					mine.doOnNext(bytes);
				}
				mine.doOnComplete();
				return bytes;
			}
			catch (RuntimeException error) {
				mine.doOnError(error);
				throw error;
			}
		}, unread);
	}

	/**
	 * This answer, whose reader says when its last byte has left.
	 * @param stoppable stands in for its bytes, where they are still to come
	 * @param discarded lets go of it where nobody reads it
	 * @param left run when its reader is {@linkplain #done() done} with it; maybe more
	 * than once
	 * @return the answer to hand on in place of this one
	 */
	public Answer handedOn(Flux<DataBuffer> stoppable, Runnable discarded, Runnable left) {
		Supplier<@Nullable DataBuffer> all = this.whole;
		return new Answer(stoppable, (all != null) ? () -> take(all) : null, discarded, this.input, () -> {
			this.done.run();
			left.run();
		});
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

	private Answer with(UnaryOperator<Flux<DataBuffer>> streamed,
			Function<Supplier<@Nullable DataBuffer>, @Nullable DataBuffer> atOnce, Runnable unread) {
		Runnable thrownAway = () -> {
			discard();
			unread.run();
		};
		Supplier<@Nullable DataBuffer> all = this.whole;
		if (all == null) {
			return new Answer(streamed.apply(body()), null, thrownAway, this.input, this::done);
		}
		return new Answer(this.body, () -> atOnce.apply(() -> take(all)), thrownAway, this.input, this::done);
	}

	private @Nullable DataBuffer take(Supplier<@Nullable DataBuffer> all) {
		if (!take()) {
			throw spent();
		}
		return all.get();
	}

	private static void nothing() {
		// There is nothing to do.
	}

	private static IllegalStateException spent() {
		return new IllegalStateException("An answer is read once, and not after it was discarded");
	}

	private boolean take() {
		return this.taken.compareAndSet(false, true);
	}

}
