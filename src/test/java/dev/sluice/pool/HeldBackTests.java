package dev.sluice.pool;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import io.netty.buffer.UnpooledByteBufAllocator;
import dev.sluice.execution.Answer;
import dev.sluice.http.HeldBytes;
import dev.sluice.http.Reservation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.core.io.buffer.NettyDataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class HeldBackTests {

	private static final Duration WITHIN = Duration.ofSeconds(5);

	private final AtomicBoolean cancelled = new AtomicBoolean();

	private final HeldBytes held = new HeldBytes(1000);

	/** Buffers of one byte, without an end. */
	private final Flux<DataBuffer> endless = Flux
		.<DataBuffer>generate(
				(sink) -> sink.next(DefaultDataBufferFactory.sharedInstance.wrap("x".getBytes(StandardCharsets.UTF_8))))
		.doOnCancel(() -> this.cancelled.set(true));

	@Test
	void whoLeavesWithinWhatWasHeldEndsWhatFollows() {
		HeldBack held = HeldBack.of(this.endless, 300, this.held.reservation()).block(WITHIN);
		assertThat(held.isWhole()).isFalse();
		StepVerifier.create(held.body().doOnNext(DataBufferUtils::release), 2)
			.expectNextCount(2)
			.thenCancel()
			.verify(WITHIN);
		assertThat(this.cancelled).isTrue();
	}

	@Test
	void whoLeavesBehindWhatWasHeldEndsWhatFollowsToo() {
		HeldBack held = HeldBack.of(this.endless, 10, this.held.reservation()).block(WITHIN);
		StepVerifier.create(held.body().doOnNext(DataBufferUtils::release), 100)
			.expectNextCount(100)
			.thenCancel()
			.verify(WITHIN);
		assertThat(this.cancelled).isTrue();
	}

	@Test
	void whoLeavesAtTheVeryEndLeavesNothing() {
		NettyDataBufferFactory buffers = new NettyDataBufferFactory(UnpooledByteBufAllocator.DEFAULT);
		List<NettyDataBuffer> all = new ArrayList<>();
		for (int i = 0; i < 20_000; i++) {
			NettyDataBuffer buffer = buffers.allocateBuffer(8);
			all.add(buffer);
			Flux<DataBuffer> body = Flux.from((reader) -> {
				reader.onSubscribe(Operators.emptySubscription());
				Schedulers.parallel().schedule(() -> {
					reader.onNext(buffer);
					reader.onComplete();
				});
			});
			Disposable leaving = HeldBack.of(body, 300, this.held.reservation())
				.doOnNext(HeldBack::discard)
				.subscribe();
			for (int spin = 0; spin < i % 400; spin++) {
				Thread.onSpinWait();
			}
			leaving.dispose();
		}
		await().atMost(WITHIN).until(() -> all.stream().allMatch((buffer) -> buffer.getNativeBuffer().refCnt() == 0));
	}

	@Test
	void whatIsTakenInOnePieceIsLetGoWhereItIsNotEvenAskedFor() {
		NettyDataBuffer buffer = new NettyDataBufferFactory(UnpooledByteBufAllocator.DEFAULT).allocateBuffer(8);
		HeldBack held = HeldBack.of(Flux.just(buffer), 300, this.held.reservation()).block(WITHIN);
		StepVerifier.create(Answer.whole(held::join, held::discard, held::written).body(), 0)
			.thenCancel()
			.verify(WITHIN);
		assertThat(buffer.getNativeBuffer().refCnt()).isZero();
	}

	@Test
	void whatIsTakenInOnePieceIsAllOfIt() {
		NettyDataBufferFactory buffers = new NettyDataBufferFactory(UnpooledByteBufAllocator.DEFAULT);
		Flux<DataBuffer> body = Flux.just("one ", "and ", "all")
			.map((text) -> buffers.allocateBuffer(8).write(text, StandardCharsets.UTF_8));
		HeldBack held = HeldBack.of(body, 300, this.held.reservation()).block(WITHIN);
		StepVerifier.create(Answer.whole(held::join, held::discard, held::written).body()).assertNext((whole) -> {
			assertThat(whole.toString(StandardCharsets.UTF_8)).isEqualTo("one and all");
			DataBufferUtils.release(whole);
		}).expectComplete().verify(WITHIN);
		held.written();
	}

	@Test
	void whatIsTakenInOnePieceCountsUntilItIsWritten() {
		HeldBack held = HeldBack
			.of(Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(new byte[8])), 300, this.held.reservation())
			.block(WITHIN);
		AtomicBoolean left = new AtomicBoolean();
		Answer answer = Answer.whole(held::join, held::discard, held::written).onEnd(() -> {
		}).handedOn(Flux.never(), held::discard, () -> left.set(true));
		assertThat(answer.whole().block(WITHIN)).isNotNull();
		assertThat(this.held.held()).isEqualTo(8);
		answer.done();
		assertThat(this.held.held()).isZero();
		assertThat(left).isTrue();
		answer.done();
	}

	@Test
	void whatIsNeverTakenCountsNoLongerThanItsReaderIsThere() {
		HeldBack held = HeldBack
			.of(Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(new byte[8])), 300, this.held.reservation())
			.block(WITHIN);
		Answer.whole(held::join, held::discard, held::written).done();
	}

	@AfterEach
	void nothingIsHeld() {
		assertThat(this.held.held()).isZero();
	}

	@Test
	void whatThereIsNoRoomForIsHandedOnEarlier() {
		Reservation others = this.held.reservation();
		others.grow(990);
		HeldBack beginning = HeldBack.of(this.endless, 300, this.held.reservation()).block(WITHIN);
		assertThat(beginning.isWhole()).isFalse();
		assertThat(beginning.size()).isEqualTo(11);
		assertThat(this.held.held()).isEqualTo(1000);
		beginning.discard();
		others.release();
	}

	@Test
	void whatIsDiscardedEnds() {
		HeldBack.of(this.endless, 10, this.held.reservation()).block(WITHIN).discard();
		assertThat(this.cancelled).isTrue();
	}

}
