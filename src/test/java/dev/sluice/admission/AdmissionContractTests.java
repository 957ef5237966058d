package dev.sluice.admission;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Candidate;
import dev.sluice.execution.Capacity;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import dev.sluice.execution.ExecutorContract;
import dev.sluice.execution.FailureCode;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

/**
 * What admission hands on is not lost in it.
 */
class AdmissionContractTests extends ExecutorContract {

	private final AtomicInteger held = new AtomicInteger();

	private Admission admission;

	@Override
	protected void close() {
		this.admission.close();
	}

	@Override
	protected Executor completing() {
		return before(holding(Flux.defer(() -> Flux.just(buffer("{\"run\":{}"), buffer("}")))));
	}

	@Override
	protected Executor failing() {
		return before(holding(Flux.error(() -> ExecutionFailure.passing(FailureCode.POOL_BROKE, "It broke"))));
	}

	@Override
	protected Executor endless() {
		return before(holding(Flux.never()));
	}

	@Override
	protected Execution execution() {
		return execution("python", "print(42)");
	}

	@Override
	protected int held() {
		return this.held.get();
	}

	/**
	 * It finds room when it is looked for the second time, and enters the second time.
	 */
	private Executor before(Mono<Answer> answer) {
		AtomicInteger entered = new AtomicInteger();
		AtomicInteger asked = new AtomicInteger();
		Capacity capacity = new Capacity() {

			@Override
			public Candidate candidate(Execution execution) {
				return new Candidate() {

					@Override
					public boolean hasRoom() {
						return asked.incrementAndGet() > 1;
					}

					@Override
					public Object needs() {
						return "the same";
					}

					@Override
					public Mono<Answer> enter() {
						return Mono.defer(() -> (entered.incrementAndGet() > 1) ? answer
								: Mono.error(ExecutionFailure.passing(FailureCode.POOL_FULL, "full")));
					}

				};
			}

			@Override
			public void onRoom(Runnable listener) {
				// Time alone brings it.
			}

		};
		this.admission = TestAdmissions.before(capacity, Duration.ofSeconds(5));
		return this.admission;
	}

	private Mono<Answer> holding(Flux<DataBuffer> body) {
		return Mono.fromSupplier(() -> {
			this.held.incrementAndGet();
			return Answer.streaming(body, () -> {
			}).onEnd(this.held::decrementAndGet);
		});
	}

	private static DataBuffer buffer(String text) {
		return DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

}
