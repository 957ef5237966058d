package dev.sluice.api;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.LanguageRuntime;
import dev.sluice.http.FailureHandler;
import dev.sluice.http.HttpProperties;
import dev.sluice.http.Replies;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.server.HandlerStrategies;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.result.view.ViewResolver;

import static org.assertj.core.api.Assertions.assertThat;

class PistonApiTests {

	private static final String BODY = "{\"language\":\"python\",\"version\":\"3\",\"files\":[{\"content\":\"x\"}]}";

	private static final byte[] VERDICT = "{\"run\":{}}".getBytes(StandardCharsets.UTF_8);

	private final AtomicReference<Execution> executed = new AtomicReference<>();

	@Test
	void anExecutionIsHandedOnAsItCameAndItsAnswerToo() {
		execute(answering(), "application/json", BODY).expectStatus()
			.isOk()
			.expectHeader()
			.contentType("application/json;charset=utf-8")
			.expectBody()
			.json("{\"run\":{}}");
		assertThat(this.executed.get().language()).isEqualTo("python");
		assertThat(this.executed.get().version()).isEqualTo("3");
		assertThat(StandardCharsets.UTF_8.decode(this.executed.get().body()).toString()).isEqualTo(BODY);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Application/JSON", "application/json; charset=utf-8" })
	void aContentTypeIsComparedAsHttpDoes(String type) {
		execute(answering(), type, BODY).expectStatus().isOk();
	}

	@ParameterizedTest
	@CsvSource({ "application/jsonfoo, 400, language is required as a string",
			"application/json-patch+json, 400, language is required as a string",
			"text/plain, 415, requests must be of type application/json",
			", 415, requests must be of type application/json" })
	void anotherContentTypeIsRefusedAsPistonDoes(String type, int status, String message) {
		execute(answering(), (type != null) ? type : "", BODY).expectStatus()
			.isEqualTo(status)
			.expectBody(String.class)
			.isEqualTo("{\"message\":\"" + message + "\"}");
		assertThat(this.executed.get()).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "GET, /nope, 404", "GET, /api/v2/nope, 404", "POST, /nope, 404", "POST, /api/v2/nope, 415",
			"GET, /api/v2/execute, 404", "DELETE, /api/v2/packages, 415", "GET, /api/v2/connect, 404" })
	void whatHasNoRouteIsAnsweredAsPistonDoes(String method, String path, int status) {
		client(answering()).method(HttpMethod.valueOf(method))
			.uri(path)
			.exchange()
			.expectStatus()
			.isEqualTo(status)
			.expectBody(String.class)
			.isEqualTo((status == 404) ? "{\"message\":\"Not Found\"}"
					: "{\"message\":\"requests must be of type application/json\"}");
	}

	@Test
	void theRootSaysWhoIsThere() {
		client(answering()).get().uri("/").exchange().expectStatus().isOk().expectBody().jsonPath("$.message").exists();
	}

	@Test
	void theRuntimesAreListedInPistonsShape() {
		client(answering()).get()
			.uri("/api/v2/runtimes")
			.exchange()
			.expectBody(String.class)
			.isEqualTo("[{\"language\":\"c\",\"version\":\"12.2.0\",\"aliases\":[\"gcc\"],\"runtime\":\"gcc\"}]");
	}

	@Test
	void aBodyOverTheLimitIsRefusedWithTheLimit() {
		execute(answering(), "application/json", " ".repeat(2000)).expectStatus()
			.isEqualTo(413)
			.expectBody()
			.jsonPath("$.message")
			.value(String.class, (message) -> assertThat(message).contains("1024 bytes"));
		client(answering()).post()
			.uri("/api/v2/execute")
			.header("Content-Type", "application/json")
			.body(Flux.range(0, 100).map((number) -> " ".repeat(100)), String.class)
			.exchange()
			.expectStatus()
			.isEqualTo(413);
	}

	@Test
	void aBodyThatDoesNotComeIsRefusedInTime() {
		client(answering()).post()
			.uri("/api/v2/execute")
			.header("Content-Type", "application/json")
			.body(Flux.concat(Flux.just("{"), Flux.never()), String.class)
			.exchange()
			.expectStatus()
			.isEqualTo(408)
			.expectBody()
			.jsonPath("$.message")
			.value(String.class, (message) -> assertThat(message).contains("300 ms"));
	}

	@Test
	void anotherCharsetIsRefused() {
		execute(answering(), "application/json; charset=latin1", BODY).expectStatus().isBadRequest();
		execute(answering(), "application/json; charset=UTF-8", BODY).expectStatus().isOk();
	}

	@Test
	void aFailureThatSpeaksOfABrokenConnectionIsStillTyped() {
		ExecutionFailure failure = ExecutionFailure.broken(FailureCode.POOL_NOT_READY, Executed.UNKNOWN,
				"upstream said: Connection reset by peer, broken pipe");
		execute((execution) -> Mono.error(failure), "application/json", BODY).expectStatus()
			.isEqualTo(502)
			.expectBody()
			.jsonPath("$.code")
			.isEqualTo("pool-not-ready");
	}

	@Test
	void anAnswerThatCanNotBeWrittenIsGivenBack() {
		AtomicInteger ended = new AtomicInteger();
		Answer answer = Answer.whole(VERDICT, DefaultDataBufferFactory.sharedInstance).onEnd(ended::incrementAndGet);
		ServerResponse response = Objects.requireNonNull(Replies.answer(answer).block(Duration.ofSeconds(5)));
		MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
		exchange.getResponse().setWriteHandler((body) -> Mono.error(new IllegalStateException("the client is gone")));
		StepVerifier.create(response.writeTo(exchange, new ServerResponse.Context() {

			@Override
			public List<HttpMessageWriter<?>> messageWriters() {
				return List.of();
			}

			@Override
			public List<ViewResolver> viewResolvers() {
				return List.of();
			}

		})).expectError().verify(Duration.ofSeconds(5));
		assertThat(ended).hasValue(1);
	}

	@Test
	void aFailureIsTypedAndNeverAVerdict() {
		ExecutionFailure failure = ExecutionFailure.passing(FailureCode.POOL_FULL, "It is full")
			.retryAfter(Duration.ofMillis(1500));
		execute((execution) -> Mono.error(failure), "application/json", BODY).expectStatus()
			.isEqualTo(503)
			.expectHeader()
			.valueEquals("Retry-After", "2")
			.expectBody(String.class)
			.isEqualTo(
					"{\"message\":\"It is full\",\"code\":\"pool-full\",\"executed\":\"no\",\"retryable\":true,\"attempts\":0}");
	}

	@Test
	void aBodyThatFailsBeforeItsFirstByteIsAFailureToo() {
		ExecutionFailure failure = ExecutionFailure.broken(FailureCode.POOL_BROKE, Executed.UNKNOWN, "It broke");
		execute((execution) -> Mono.just(Answer.streaming(Flux.error(failure), () -> {
		})), "application/json", BODY).expectStatus()
			.isEqualTo(502)
			.expectBody()
			.jsonPath("$.code")
			.isEqualTo("pool-broke");
	}

	@Test
	void aFaultOfOursTellsNothingOfItself() {
		execute((execution) -> Mono.error(new IllegalStateException("inner secret")), "application/json", BODY)
			.expectStatus()
			.isEqualTo(500)
			.expectBody()
			.jsonPath("$.message")
			.value(String.class, (message) -> assertThat(message).doesNotContain("secret"));
	}

	private Executor answering() {
		return (execution) -> {
			this.executed.set(execution);
			return Mono.just(Answer.whole(VERDICT, DefaultDataBufferFactory.sharedInstance));
		};
	}

	private static WebTestClient.ResponseSpec execute(Executor executor, String type, String body) {
		WebTestClient.RequestBodySpec request = client(executor).post().uri("/api/v2/execute");
		request.headers((headers) -> {
			if (!type.isEmpty()) {
				headers.set("Content-Type", type);
			}
		});
		return request
			.body(Mono.just(DefaultDataBufferFactory.sharedInstance.wrap(body.getBytes(StandardCharsets.UTF_8))),
					DataBuffer.class)
			.exchange();
	}

	private static WebTestClient client(Executor executor) {
		return WebTestClient.bindToRouterFunction(TestApis.api(executor).routes())
			.handlerStrategies(HandlerStrategies.builder().exceptionHandler(new FailureHandler()).build())
			.build();
	}

}
