package dev.sluice.api;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.execution.RuntimeSource;
import dev.sluice.piston.PistonLimits;
import dev.sluice.piston.PistonOutline;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;

class RequestCheckTests {

	private static final Duration BOUND = Duration.ofSeconds(10);

	private static final List<LanguageRuntime> RUNTIMES = List
		.of(new LanguageRuntime("python", "3.12.1", List.of("py"), null));

	private static final LimitsProperties LIMITS = LimitsPropertiesTests
		.limits(Map.of("sluice.limits.languages.python.run-timeout", "8s"));

	@Test
	void theLimitsAreThoseOfTheLanguageThatIsMeant() {
		StepVerifier.create(check(() -> Mono.just(RUNTIMES), "py", "\"run_timeout\":8000"))
			.assertNext((limits) -> assertThat(limits.runTimeout()).isEqualTo(Duration.ofSeconds(8)))
			.expectComplete()
			.verify(BOUND);
		refuses(() -> Mono.just(RUNTIMES), "py", "\"run_timeout\":8001",
				"run_timeout cannot exceed the configured limit of 8000");
	}

	@Test
	void whatIsNotThereIsRefusedBeforeWhatElseIsWrong() {
		refuses(() -> Mono.just(RUNTIMES), "cobol", "\"run_timeout\":-1", "cobol-* runtime is unknown");
	}

	@Test
	void whatMayBeThereIsLeftToThePools() {
		RuntimeSource source = new RuntimeSource() {

			@Override
			public Mono<List<LanguageRuntime>> runtimes() {
				return Mono.just(RUNTIMES);
			}

			@Override
			public boolean isComplete() {
				return false;
			}

		};
		passes(source, "cobol", "\"run_timeout\":99999");
		refuses(source, "cobol", "\"stdin\":5", "stdin must be a string");
		refuses(source, "py", "\"run_timeout\":99999", "run_timeout cannot exceed the configured limit of 8000");
	}

	@Test
	void withoutRuntimesItIsForThePoolsToSayWhy() {
		ExecutionFailure failure = ExecutionFailure.refused(FailureCode.NO_POOL, "There is none");
		passes(() -> Mono.error(failure), "py", "\"run_timeout\":99999");
		passes(() -> Mono.just(List.of()), "py", "\"run_timeout\":99999");
	}

	@Test
	void whoDoesNotAnswerIsAskedOnceForAllWhoComeWithinAWhile() {
		AtomicInteger asked = new AtomicInteger();
		RequestCheck check = new RequestCheck(() -> Mono.defer(() -> {
			asked.incrementAndGet();
			return Mono.never();
		}), LIMITS);
		StepVerifier
			.withVirtualTime(() -> check.check(outline("py", "\"x\":1")).then(check.check(outline("py", "\"x\":1"))))
			.expectSubscription()
			.expectNoEvent(Duration.ofMillis(1999))
			.thenAwait(Duration.ofMillis(1))
			.expectNextCount(1)
			.expectComplete()
			.verify(BOUND);
		assertThat(asked).hasValue(1);
	}

	private static void passes(RuntimeSource source, String language, String field) {
		StepVerifier.create(check(source, language, field)).expectNextCount(1).expectComplete().verify(BOUND);
	}

	private static void refuses(RuntimeSource source, String language, String field, String message) {
		StepVerifier.create(check(source, language, field))
			.expectErrorSatisfies((error) -> assertThat(error).hasMessage(message))
			.verify(BOUND);
	}

	private static Mono<PistonLimits> check(RuntimeSource source, String language, String field) {
		return new RequestCheck(source, LIMITS).check(outline(language, field));
	}

	private static PistonOutline outline(String language, String field) {
		String body = "{\"language\":\"" + language + "\",\"version\":\"*\",\"files\":[{\"content\":\"\"}]," + field
				+ "}";
		return PistonOutline.read(ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)));
	}

}
