package dev.sluice.execution;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.test.StepVerifier;

import org.springframework.core.io.buffer.DataBufferUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What every {@link Executor} keeps to: what an execution holds is given back once its
 * answer completed, failed, was cancelled, or was discarded unread.
 */
public abstract class ExecutorContract {

	private static final Duration WITHIN = Duration.ofSeconds(10);

	/** The executor for an execution that ends well. */
	protected abstract Executor completing();

	/** The executor for an execution that fails on the way. */
	protected abstract Executor failing();

	/** The executor for an execution that does not end by itself. */
	protected abstract Executor endless();

	/** An execution for each of them. */
	protected abstract Execution execution();

	/** How many executions hold something now, as seen from the far end. */
	protected abstract int held();

	@AfterEach
	void nothingIsHeld() {
		await().atMost(5, TimeUnit.SECONDS).until(() -> held() == 0);
		close();
	}

	/** Closes what the test opened, once nothing is held any more. */
	protected void close() {
		// Most tests have nothing of their own to close.
	}

	@Test
	void anAnswerThatCompletesIsWhole() {
		Answer answer = answer();
		StepVerifier.create(DataBufferUtils.join(answer.body())).assertNext((buffer) -> {
			assertThat(buffer.toString(StandardCharsets.UTF_8)).contains("\"run\"").endsWith("}");
			DataBufferUtils.release(buffer);
		}).expectComplete().verify(WITHIN);
		answer.discard();
	}

	@Test
	void aFailureIsTyped() {
		StepVerifier.create(failing().execute(execution()).flatMapMany(Answer::body))
			.expectError(ExecutionFailure.class)
			.verify(WITHIN);
	}

	@Test
	void aCancelEndsTheExecution() {
		Disposable running = endless().execute(execution()).flatMapMany(Answer::body).subscribe();
		await().atMost(5, TimeUnit.SECONDS).until(() -> held() == 1);
		running.dispose();
	}

	@Test
	void aCancelWithinTheBodyEndsTheExecution() {
		StepVerifier.create(answer().body(), 0).thenCancel().verify(WITHIN);
	}

	@Test
	void anAnswerMayBeDiscardedUnread() {
		Answer answer = answer();
		answer.discard();
		answer.discard();
		StepVerifier.create(answer.body()).expectError(IllegalStateException.class).verify(WITHIN);
	}

	@Test
	void nothingHappensBeforeTheSubscription() {
		endless().execute(execution());
		assertThat(held()).isZero();
	}

	private Answer answer() {
		return Objects.requireNonNull(completing().execute(execution()).block(WITHIN));
	}

	/**
	 * An execution of a program.
	 * @param language its language
	 * @param code its one file
	 * @return the execution
	 */
	public static Execution execution(String language, String code) {
		String body = "{\"language\":\"" + language + "\",\"version\":\"*\",\"files\":[{\"content\":\"" + code
				+ "\"}]}";
		return new Execution(Ids.next(), language, "*", ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)),
				Terms.within(Duration.ofMinutes(3)));
	}

}
