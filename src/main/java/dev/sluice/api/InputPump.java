package dev.sluice.api;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

import dev.sluice.execution.Executed;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.InputChannel;
import dev.sluice.execution.InputItem;
import dev.sluice.http.Reservation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/**
 * Carries what a client tells its program: one request at a time, in order, with all that
 * came meanwhile. What comes before there is a way to the program is kept for it. Who
 * brings more than may wait is told when there is room again.
 */
final class InputPump implements Disposable {

	private static final Logger logger = LoggerFactory.getLogger(InputPump.class);

	/**
	 * Before what failed is tried again; twice as long where the program reads nothing.
	 */
	private static final Duration PAUSE = Duration.ofMillis(200);

	private static final int TRIES = 3;

	/** The program has ended, as its events say too. */
	private static final long GONE = -1;

	/** As many characters as a request carries at once. */
	private static final int BATCH = 64 * 1024;

	private static final int PART = 16 * 1024;

	private static final int DOUBLINGS = 3;

	private final int most;

	private final Reservation held;

	private final Consumer<InputItem> refused;

	private final Consumer<ExecutionFailure> broken;

	private final Deque<InputItem> waiting = new ArrayDeque<>();

	/** Ends what is under way. */
	private final Sinks.Empty<Void> over = Sinks.empty();

	private @Nullable InputChannel channel;

	/** The number of the first item that waits. */
	private long next;

	private long size;

	private boolean sending;

	/** How often in a row nothing found room. */
	private int idle;

	private boolean ended;

	private Sinks.@Nullable Empty<Void> room;

	/**
	 * Makes it.
	 * @param most how many characters may wait before whoever brings more has to
	 * @param held takes what waits out of all that may be held
	 * @param refused told of each item that can't be brought where the program runs
	 * @param broken told where the way broke, and no more can be brought
	 */
	InputPump(int most, Reservation held, Consumer<InputItem> refused, Consumer<ExecutionFailure> broken) {
		this.most = most;
		this.held = held;
		this.refused = refused;
		this.broken = broken;
	}

	/**
	 * Takes items.
	 * @param items what the program is to be told
	 * @return completes when more may be brought
	 * @throws ExecutionFailure where no more can be held of all that clients bring
	 */
	Mono<Void> add(List<InputItem> items) {
		synchronized (this) {
			if (this.ended) {
				return Mono.empty();
			}
			this.held.grow(items.stream().mapToLong(InputPump::size).sum());
			items.forEach(this::queue);
		}
		send();
		return roomFor();
	}

	/**
	 * Opens the way.
	 * @param way the way to the program
	 */
	void open(InputChannel way) {
		synchronized (this) {
			this.channel = way;
		}
		send();
	}

	@Override
	public void dispose() {
		Sinks.Empty<Void> waiter;
		synchronized (this) {
			this.ended = true;
			this.waiting.clear();
			this.size = 0;
			this.held.release();
			waiter = this.room;
			this.room = null;
		}
		tell(this.over);
		tell(waiter);
	}

	/** A long text goes in parts, of which each fits into a request. */
	private void queue(InputItem item) {
		this.size += size(item);
		if (!(item instanceof InputItem.Text(String text)) || text.length() <= PART) {
			this.waiting.add(item);
			return;
		}
		int end;
		for (int begin = 0; begin < text.length(); begin = end) {
			end = Math.min(begin + PART, text.length());
			if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
				end--;
			}
			this.waiting.add(new InputItem.Text(text.substring(begin, end)));
		}
	}

	private void gone(InputItem item) {
		long length = size(item);
		this.size -= length;
		this.held.shrink(length);
	}

	private synchronized Mono<Void> roomFor() {
		if (this.size <= this.most) {
			return Mono.empty();
		}
		Sinks.Empty<Void> waiter = (this.room != null) ? this.room : Sinks.empty();
		this.room = waiter;
		return waiter.asMono();
	}

	private void send() {
		InputChannel way;
		List<InputItem> batch;
		List<InputItem> misfits = new ArrayList<>();
		long from;
		Sinks.Empty<Void> waiter;
		synchronized (this) {
			way = this.channel;
			if (way == null || this.sending || this.ended) {
				return;
			}
			batch = batch(way, misfits);
			waiter = takeWaiter();
			this.sending = !batch.isEmpty();
			from = this.next;
		}
		tell(waiter);
		misfits.forEach(this.refused);
		if (batch.isEmpty()) {
			return;
		}
		Disposable _ = way.send(from, batch)
			.retryWhen(Retry.backoff(TRIES, PAUSE)
				.filter(InputPump::isWorthATry)
				.onRetryExhaustedThrow((spec, last) -> last.failure()))
			.defaultIfEmpty(GONE)
			.takeUntilOther(this.over.asMono())
			.subscribe(this::arrived, this::broke);
	}

	private List<InputItem> batch(InputChannel way, List<InputItem> misfits) {
		List<InputItem> batch = new ArrayList<>();
		long length = 0;
		for (Iterator<InputItem> items = this.waiting.iterator(); items.hasNext();) {
			InputItem item = items.next();
			if (!way.takes(item)) {
				items.remove();
				gone(item);
				misfits.add(item);
				continue;
			}
			length += size(item);
			if (length > BATCH) {
				break;
			}
			batch.add(item);
		}
		return batch;
	}

	/** What did not fit is sent again, after a while where nothing did. */
	private void arrived(long expected) {
		if (expected == GONE) {
			dispose();
			return;
		}
		boolean moved;
		Duration pause;
		Sinks.Empty<Void> waiter;
		synchronized (this) {
			moved = expected > this.next;
			while (this.next < expected && !this.waiting.isEmpty()) {
				gone(this.waiting.removeFirst());
				this.next++;
			}
			waiter = takeWaiter();
			this.sending = false;
			this.idle = moved ? 0 : Math.min(this.idle + 1, DOUBLINGS);
			pause = PAUSE.multipliedBy(1L << this.idle);
		}
		tell(waiter);
		if (moved) {
			send();
		}
		else {
			Disposable _ = Mono.delay(pause).takeUntilOther(this.over.asMono()).subscribe((tick) -> send());
		}
	}

	/** Who waits for room, where there is some. */
	private Sinks.@Nullable Empty<Void> takeWaiter() {
		Sinks.Empty<Void> waiter = (this.size <= this.most) ? this.room : null;
		if (waiter != null) {
			this.room = null;
		}
		return waiter;
	}

	private void broke(Throwable error) {
		dispose();
		this.broken.accept((error instanceof ExecutionFailure failure) ? failure : unexpected(error));
	}

	private static ExecutionFailure unexpected(Throwable error) {
		logger.error("A program could not be told something by a fault of ours", error);
		return ExecutionFailure.broken(FailureCode.INTERNAL, Executed.YES,
				"The program could not be told something by a fault of ours; the log says more");
	}

	/** Items are numbered, so that none is applied twice. */
	private static boolean isWorthATry(Throwable error) {
		return error instanceof ExecutionFailure failure && failure.code() != FailureCode.INVALID_REQUEST;
	}

	private static void tell(Sinks.@Nullable Empty<Void> waiter) {
		if (waiter != null) {
			waiter.tryEmitEmpty();
		}
	}

	/** A signal, too, takes room. */
	private static long size(InputItem item) {
		return (item instanceof InputItem.Text text) ? text.text().length() : 1;
	}

}
