package dev.sluice.adapter;

import java.time.Duration;
import java.util.List;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.piston.InputBatch;
import dev.sluice.execution.InputItem;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * What comes for an interactive run: each numbered item is applied once, in order,
 * however often it is sent and in however many batches at once.
 */
final class Inbox {

	private static final Duration WAITS_FOR_ROOM = Duration.ofSeconds(1);

	private final Feed feed;

	private final Scheduler scheduler;

	private final Sinks.Many<Boolean> room = Sinks.many().multicast().directBestEffort();

	private long next;

	Inbox(Feed feed, Scheduler scheduler) {
		this.feed = feed;
		this.scheduler = scheduler;
		feed.onRoom(() -> this.room.tryEmitNext(true));
	}

	/**
	 * Takes a batch, as far as there is room within a second.
	 * @param batch the batch
	 * @return the number of the item that is to come next; an {@link ExecutionFailure}
	 * with {@link FailureCode#INVALID_REQUEST} where items are missing before the batch,
	 * or as {@link Feed#check} says, and then nothing of the batch was applied
	 */
	Mono<Long> take(InputBatch batch) {
		return Mono.fromRunnable(() -> check(batch)).then(applied(batch)).then(Mono.fromSupplier(this::next));
	}

	/** Who waits for room listens before it looks. */
	private Mono<Boolean> applied(InputBatch batch) {
		return this.room.asFlux()
			.mergeWith(Mono.just(true))
			.filter((tick) -> apply(batch))
			.next()
			.timeout(WAITS_FOR_ROOM, Mono.empty(), this.scheduler);
	}

	private synchronized void check(InputBatch batch) {
		if (batch.from() > this.next) {
			throw ExecutionFailure.refused(FailureCode.INVALID_REQUEST,
					"Item " + this.next + " of the input is to come next, and not " + batch.from());
		}
		remaining(batch).forEach(this.feed::check);
	}

	/** Whether nothing of the batch is left to be applied. */
	private synchronized boolean apply(InputBatch batch) {
		for (InputItem item : remaining(batch)) {
			if (!this.feed.give(item)) {
				return false;
			}
			this.next++;
		}
		return true;
	}

	private List<InputItem> remaining(InputBatch batch) {
		int known = (int) Math.min(batch.items().size(), Math.max(0, this.next - batch.from()));
		return batch.items().subList(known, batch.items().size());
	}

	private synchronized long next() {
		return this.next;
	}

}
