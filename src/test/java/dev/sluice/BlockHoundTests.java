package dev.sluice;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class BlockHoundTests {

	@Test
	void whatBlocksAnEventLoopFailsItsTest() {
		Mono<String> blocks = Mono.fromCallable(() -> {
			Thread.sleep(1);
			return "blocked";
		}).subscribeOn(Schedulers.parallel());
		StepVerifier.create(blocks).expectError(BlockingOperationError.class).verify(Duration.ofSeconds(5));
	}

}
