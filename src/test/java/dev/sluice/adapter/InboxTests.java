package dev.sluice.adapter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.piston.InputBatch;
import dev.sluice.execution.InputItem;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

class InboxTests {

	private static final Duration WITHIN = Duration.ofSeconds(5);

	private final FeedByHand feed = new FeedByHand();

	private final VirtualTimeScheduler time = VirtualTimeScheduler.create();

	private final Inbox inbox = new Inbox(this.feed, this.time);

	@Test
	void itemsAreGivenOnceAndInOrder() {
		take(0, "a", "b").expectNext(2L).expectComplete().verify(WITHIN);
		take(0, "a", "b").expectNext(2L).expectComplete().verify(WITHIN);
		take(1, "b", "c").expectNext(3L).expectComplete().verify(WITHIN);
		take(3).expectNext(3L).expectComplete().verify(WITHIN);
		take(0).expectNext(3L).expectComplete().verify(WITHIN);
		assertThat(given()).containsExactly("a", "b", "c");
	}

	@Test
	void aGapIsRefused() {
		take(0, "a").expectNext(1L).expectComplete().verify(WITHIN);
		take(2, "c").expectErrorSatisfies((error) -> {
			assertThat(((ExecutionFailure) error).code()).isEqualTo(FailureCode.INVALID_REQUEST);
			assertThat(error).hasMessageContaining("Item 1");
		}).verify(WITHIN);
		assertThat(given()).containsExactly("a");
	}

	@Test
	void whatFindsNoRoomWithinASecondIsSentAgain() {
		this.feed.roomFor(1);
		take(0, "a", "b", "c").then(() -> this.time.advanceTimeBy(Duration.ofMillis(999)))
			.expectNoEvent(Duration.ofMillis(20))
			.then(() -> this.time.advanceTimeBy(Duration.ofMillis(1)))
			.expectNext(1L)
			.expectComplete()
			.verify(WITHIN);
		this.feed.roomFor(5);
		take(0, "a", "b", "c").expectNext(3L).expectComplete().verify(WITHIN);
		assertThat(given()).containsExactly("a", "b", "c");
	}

	@Test
	void roomThatComesInTimeIsUsed() {
		this.feed.roomFor(0);
		take(0, "a", "b").then(() -> this.feed.roomFor(1))
			.expectNoEvent(Duration.ofMillis(20))
			.then(() -> this.feed.roomFor(1))
			.expectNext(2L)
			.expectComplete()
			.verify(WITHIN);
		assertThat(given()).containsExactly("a", "b");
	}

	@Test
	void whatCannotBeGivenIsRefusedWithAllThatCameWithIt() {
		InputBatch batch = new InputBatch(0, List.of(new InputItem.Text("a"), new InputItem.EndOfFile()));
		StepVerifier.create(this.inbox.take(batch)).expectError(ExecutionFailure.class).verify(WITHIN);
		assertThat(given()).isEmpty();
		take(0, "a").expectNext(1L).expectComplete().verify(WITHIN);
	}

	@Test
	void batchesThatComeAtOnceAreGivenOnce() {
		for (int round = 0; round < 100; round++) {
			FeedByHand fed = new FeedByHand();
			Inbox one = new Inbox(fed, Schedulers.parallel());
			List<InputItem> items = new ArrayList<>();
			IntStream.range(0, 20).forEach((number) -> items.add(new InputItem.Text("" + number)));
			Mono<Long> next = Flux.range(0, 8)
				.flatMap((caller) -> one.take(new InputBatch(0, items.subList(0, 13 + caller)))
					.subscribeOn(Schedulers.boundedElastic()))
				.then(one.take(new InputBatch(20, List.of())));
			StepVerifier.create(next).expectNext(20L).expectComplete().verify(WITHIN);
			assertThat(fed.given).isEqualTo(items);
		}
	}

	private StepVerifier.FirstStep<Long> take(long from, String... texts) {
		List<InputItem> items = new ArrayList<>();
		for (String text : texts) {
			items.add(new InputItem.Text(text));
		}
		return StepVerifier.create(this.inbox.take(new InputBatch(from, items)));
	}

	private List<String> given() {
		return this.feed.given.stream().map((item) -> ((InputItem.Text) item).text()).toList();
	}

}
