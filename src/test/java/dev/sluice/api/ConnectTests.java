package dev.sluice.api;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

import dev.sluice.execution.Answer;
import dev.sluice.execution.Executed;
import dev.sluice.execution.Execution;
import dev.sluice.execution.ExecutionFailure;
import dev.sluice.execution.Executor;
import dev.sluice.execution.FailureCode;
import dev.sluice.execution.InputChannel;
import dev.sluice.execution.InputItem;
import dev.sluice.http.HeldBytes;
import dev.sluice.http.LoopbackServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.core.io.buffer.DataBuffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Piston's WebSocket, before programs made for the test.
 */
class ConnectTests {

	private static final String STDIN = "{\"type\":\"data\",\"stream\":\"stdin\",\"data\":\"x\"}";

	private static final String RUNTIME = "{\"type\":\"runtime\",\"language\":\"c\",\"version\":\"12.2.0\"}";

	private static final String DATA = "{\"type\":\"data\",\"stream\":\"stdout\",\"data\":\"42\\n\"}";

	private final HttpClient client = HttpClient.newHttpClient();

	private final Told told = new Told();

	private final Sinks.Many<String> lines = Sinks.many().unicast().onBackpressureBuffer();

	private final List<Execution> executions = new CopyOnWriteArrayList<>();

	private final AtomicBoolean ended = new AtomicBoolean();

	private @Nullable LoopbackServer server;

	/** A program that remembers what it was told. */
	private static final class Told implements InputChannel {

		private final List<InputItem> items = new CopyOnWriteArrayList<>();

		private final AtomicLong room = new AtomicLong(Long.MAX_VALUE);

		private final List<ExecutionFailure> failures = new CopyOnWriteArrayList<>();

		private volatile boolean takesSignals = true;

		@Override
		public Mono<Long> send(long from, List<InputItem> sent) {
			return Mono.fromSupplier(() -> {
				if (!this.failures.isEmpty()) {
					throw this.failures.removeFirst();
				}
				assertThat(from).isEqualTo(this.items.size());
				sent.stream().takeWhile((item) -> this.room.getAndDecrement() > 0).forEach(this.items::add);
				return (long) this.items.size();
			});
		}

		@Override
		public boolean takes(InputItem item) {
			return this.takesSignals || item instanceof InputItem.Text;
		}

	}

	/** A client that remembers what it heard. */
	private static class Heard implements WebSocket.Listener {

		private final List<String> messages = new CopyOnWriteArrayList<>();

		private final CompletableFuture<String> closed = new CompletableFuture<>();

		private final StringBuilder begun = new StringBuilder();

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
			this.begun.append(data);
			if (last) {
				this.messages.add(this.begun.toString());
				this.begun.setLength(0);
			}
			socket.request(1);
			return null;
		}

		@Override
		public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
			this.closed.complete(code + " " + reason);
			return null;
		}

		@Override
		public void onError(WebSocket socket, Throwable error) {
			this.closed.completeExceptionally(error);
		}

		String end() throws Exception {
			return this.closed.get(5, TimeUnit.SECONDS);
		}

	}

	@AfterEach
	void close() {
		this.client.shutdownNow();
		if (this.server != null) {
			this.server.close();
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					{"type":"data","stream":"stdin","data":"x"} |                                                | 4003 Not yet initialized
					{"type":"signal","signal":"SIGINT"}         |                                                | 4003 Not yet initialized
					{"type":"hello"}                            |                                                | 4001 Initialization Timeout
					INIT                                        | INIT                                           | 4000 Already Initialized
					INIT                                        | {"type":"data","stream":"stdout","data":"x"}   | 4004 Can only write to stdin
					INIT                                        | {"type":"signal","signal":"SIGFOO"}            | 4005 Invalid signal
					INIT                                        | {"type":"signal"}                              | 4005 Invalid signal
					""")
	void whatIsSaidAmissClosesWithPistonsCode(String first, @Nullable String second, String expected) throws Exception {
		Heard heard = new Heard();
		WebSocket socket = connect(heard);
		say(socket, first.equals("INIT") ? TestApi.INIT : first);
		if (second != null) {
			say(socket, second.equals("INIT") ? TestApi.INIT : second);
		}
		assertThat(heard.end()).isEqualTo(expected);
		assertThat(heard.messages).isEmpty();
		if (second != null) {
			await().atMost(5, TimeUnit.SECONDS).untilTrue(this.ended);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			{"type":"init"}                                            | language is required as a string
			{"type":"init","language":"c","version":"*"}               | files is required as an array
			nonsense                                                   | The message is not valid JSON
			""")
	void aMessageThatCantBeReadIsAnErrorInPistonsWords(String message, String words) throws Exception {
		Heard heard = new Heard();
		say(connect(heard), message);
		assertThat(heard.end()).isEqualTo("4002 Notified Error");
		assertThat(heard.messages).containsExactly("{\"type\":\"error\",\"message\":\"" + words + "\"}");
	}

	@Test
	void aProgramsEventsArePistonsMessages() throws Exception {
		Heard heard = new Heard();
		WebSocket socket = connect(heard);
		socket.sendBinary(ByteBuffer.wrap(TestApi.INIT.getBytes(StandardCharsets.UTF_8)), true)
			.get(5, TimeUnit.SECONDS);
		tell(RUNTIME, "{\"type\":\"heartbeat\"}", DATA, "{\"type\":\"end\"}");
		assertThat(heard.end()).isEqualTo("4999 Job Completed");
		assertThat(heard.messages).containsExactly(RUNTIME, DATA);
		assertThat(this.executions).singleElement()
			.satisfies((execution) -> assertThat(execution.terms().mustBeFoundAgain()).isTrue());
	}

	@Test
	void aFailureBeforeTheFirstEventIsAnError() throws Exception {
		Heard heard = new Heard();
		ExecutionFailure full = ExecutionFailure.passing(FailureCode.POOL_FULL, "It is full");
		say(connect(heard, (execution) -> Mono.error(full)), TestApi.INIT);
		assertThat(heard.end()).isEqualTo("4002 Notified Error");
		assertThat(heard.messages).singleElement()
			.asString()
			.startsWith("{\"type\":\"error\",\"message\":\"It is full\",\"code\":\"pool-full\",\"executed\":\"no\"");
	}

	@Test
	void aBreakAmongTheEventsIsAnError() throws Exception {
		Heard heard = new Heard();
		ExecutionFailure broken = ExecutionFailure.broken(FailureCode.POOL_BROKE, Executed.YES, "It broke");
		say(connect(heard, program((events) -> events.concatWith(Flux.error(broken)))), TestApi.INIT);
		tell(RUNTIME);
		this.lines.tryEmitComplete();
		assertThat(heard.end()).isEqualTo("4002 Notified Error");
		assertThat(heard.messages).hasSize(2).first().isEqualTo(RUNTIME);
		assertThat(heard.messages.getLast()).contains("\"message\":\"It broke\"", "\"executed\":\"yes\"");
	}

	@Test
	void anErrorThatAnAdapterTellsIsAnError() throws Exception {
		Heard heard = new Heard();
		say(connect(heard), TestApi.INIT);
		String error = "{\"type\":\"error\",\"message\":\"The sandbox failed\",\"code\":\"sandbox-failed\"}";
		tell(RUNTIME, error);
		this.lines.tryEmitComplete();
		assertThat(heard.end()).isEqualTo("4002 Notified Error");
		assertThat(heard.messages).containsExactly(RUNTIME, error);
	}

	@Test
	void whatIsTypedEarlyIsKeptAndComesInOrder() throws Exception {
		Sinks.Empty<Void> begins = Sinks.empty();
		WebSocket socket = connect(new Heard(),
				(execution) -> begins.asMono().then(program(UnaryOperator.identity()).execute(execution)));
		say(socket, TestApi.INIT);
		say(socket, STDIN);
		say(socket, "{\"type\":\"signal\",\"signal\":\"SIGINT\"}");
		say(socket, "{\"type\":\"data\",\"stream\":\"stdin\",\"data\":\"y\",\"eof\":true}");
		begins.tryEmitEmpty();
		await().atMost(5, TimeUnit.SECONDS)
			.untilAsserted(() -> assertThat(this.told.items).containsExactly(new InputItem.Text("x"),
					new InputItem.Signal("SIGINT"), new InputItem.Text("y"), new InputItem.EndOfFile()));
	}

	@Test
	void whatFindsNoRoomIsSentAgain() throws Exception {
		this.told.room.set(1);
		WebSocket socket = connect(new Heard());
		say(socket, TestApi.INIT);
		for (int i = 0; i < 5; i++) {
			say(socket, STDIN);
		}
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.told.room.get() < 0);
		assertThat(this.told.items).hasSize(1);
		this.told.room.set(100);
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.told.items.size() == 5);
	}

	@Test
	void aWayThatBreaksForAMomentIsTriedAgain() throws Exception {
		this.told.failures.add(ExecutionFailure.broken(FailureCode.POOL_BROKE, Executed.UNKNOWN, "It broke"));
		WebSocket socket = connect(new Heard());
		say(socket, TestApi.INIT);
		say(socket, STDIN);
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.told.items.size() == 1);
	}

	@Test
	void moreThanMayWaitIsNotReadFromTheClient() throws Exception {
		this.told.room.set(0);
		WebSocket socket = connect(new Heard());
		say(socket, TestApi.INIT);
		String message = STDIN.replace("\"x\"", "\"" + "x".repeat(50_000) + "\"");
		List<CompletableFuture<WebSocket>> said = new ArrayList<>();
		CompletableFuture<WebSocket> last = CompletableFuture.completedFuture(socket);
		for (int i = 0; i < 400; i++) {
			last = last.thenCompose((open) -> open.sendText(message, true));
			said.add(last);
		}
		// Twenty megabytes are more than the sockets' own buffers hold.
		CompletableFuture<WebSocket> all = last;
		await().during(1, TimeUnit.SECONDS).atMost(5, TimeUnit.SECONDS).until(() -> !all.isDone());
		this.told.room.set(Long.MAX_VALUE);
		all.get(20, TimeUnit.SECONDS);
		await().atMost(20, TimeUnit.SECONDS)
			.until(() -> this.told.items.stream()
				.mapToLong((item) -> ((InputItem.Text) item).text().length())
				.sum() == 50_000L * said.size());
	}

	@Test
	void whatWaitsOfAllClientsHasABound() throws Exception {
		this.told.room.set(0);
		HeldBytes held = new HeldBytes(2_000);
		Heard heard = new Heard();
		WebSocket socket = connect(heard, TestApi.server(program(UnaryOperator.identity()), held));
		say(socket, TestApi.INIT);
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.executions.size() == 1);
		long asked = held.held();
		say(socket, STDIN.replace("\"x\"", "\"" + "x".repeat(90) + "\""));
		await().atMost(5, TimeUnit.SECONDS).until(() -> held.held() == asked + 90);
		assertThat(held.tryReserve(held.most() - held.held())).isTrue();
		say(socket, STDIN);
		assertThat(heard.end()).startsWith("4002 ");
		assertThat(heard.messages.getLast()).contains("\"code\":\"overloaded\",\"executed\":\"unknown\"");
		await().atMost(5, TimeUnit.SECONDS).untilTrue(this.ended);
		await().atMost(5, TimeUnit.SECONDS).until(() -> held.held() == held.most() - 90 - asked);
	}

	@Test
	void whatAProgramHasTakenIsNotHeld() throws Exception {
		HeldBytes held = new HeldBytes(2_000);
		WebSocket socket = connect(new Heard(), TestApi.server(program(UnaryOperator.identity()), held));
		say(socket, TestApi.INIT);
		say(socket, STDIN);
		say(socket, STDIN);
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.told.items.size() == 2 && held.held() == 0);
	}

	@Test
	void whatCantBeDoneIsAnErrorThatEndsNothing() throws Exception {
		this.told.takesSignals = false;
		Heard heard = new Heard();
		WebSocket socket = connect(heard);
		say(socket, TestApi.INIT);
		tell(RUNTIME);
		for (int i = 0; i < 3; i++) {
			say(socket, "{\"type\":\"signal\",\"signal\":\"SIGINT\"}");
		}
		await().atMost(5, TimeUnit.SECONDS).until(() -> heard.messages.size() == 2);
		assertThat(heard.messages.getLast()).contains("\"type\":\"error\"", "signals do not reach a program there");
		tell("{\"type\":\"end\"}");
		assertThat(heard.end()).isEqualTo("4999 Job Completed");
		assertThat(heard.messages).hasSize(2);
	}

	@Test
	void aPongSaysNothingAndALongTextComesInParts() throws Exception {
		WebSocket socket = connect(new Heard());
		socket.sendPong(ByteBuffer.wrap(new byte[] { 'a', 'b' })).get(5, TimeUnit.SECONDS);
		say(socket, TestApi.INIT);
		String text = "x".repeat(16 * 1024 - 1) + "\uD83D\uDE00".repeat(10_000);
		say(socket, STDIN.replace("\"x\"", "\"" + text + "\""));
		StringBuilder told = new StringBuilder();
		await().atMost(5, TimeUnit.SECONDS).untilAsserted(() -> {
			told.setLength(0);
			this.told.items.forEach((item) -> told.append(((InputItem.Text) item).text()));
			assertThat(told).hasToString(text);
		});
		assertThat(this.told.items)
			.allSatisfy((item) -> assertThat(((InputItem.Text) item).text()).hasSizeLessThanOrEqualTo(16 * 1024)
				.doesNotEndWith("\uD83D"));
	}

	@Test
	void whoLeavesEndsItsProgram() throws Exception {
		WebSocket socket = connect(new Heard());
		say(socket, TestApi.INIT);
		tell(RUNTIME);
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.executions.size() == 1);
		socket.abort();
		await().atMost(5, TimeUnit.SECONDS).untilTrue(this.ended);
	}

	@Test
	void whoLeavesBeforeItsProgramBeganEndsItToo() throws Exception {
		WebSocket socket = connect(new Heard(),
				(execution) -> Mono.<Answer>never()
					.doOnSubscribe((subscribed) -> this.executions.add(execution))
					.doOnCancel(() -> this.ended.set(true)));
		say(socket, TestApi.INIT);
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.executions.size() == 1);
		socket.abort();
		await().atMost(5, TimeUnit.SECONDS).untilTrue(this.ended);
	}

	@Test
	void aPageMayConnectOnlyWhereItsOriginIsNamed() throws Exception {
		LoopbackServer started = TestApi.server(program(UnaryOperator.identity()));
		this.server = started;
		URI address = URI.create("ws://127.0.0.1:" + started.address().getPort() + "/api/v2/connect");
		assertThatExceptionOfType(ExecutionException.class)
			.isThrownBy(() -> this.client.newWebSocketBuilder()
				.header("Origin", "https://evil.example")
				.buildAsync(address, new Heard())
				.get(5, TimeUnit.SECONDS))
			.havingCause()
			.isInstanceOfSatisfying(WebSocketHandshakeException.class,
					(refused) -> assertThat(refused.getResponse().statusCode()).isEqualTo(403));
		WebSocket named = this.client.newWebSocketBuilder()
			.header("Origin", "https://app.example")
			.buildAsync(address, new Heard())
			.get(5, TimeUnit.SECONDS);
		assertThat(named.isInputClosed()).isFalse();
	}

	@Test
	void whoDoesNotReadIsClosed() throws Exception {
		String large = "{\"type\":\"data\",\"stream\":\"stdout\",\"data\":\"" + "x".repeat(100_000) + "\"}";
		Heard deaf = new Heard() {

			@Override
			public void onOpen(WebSocket socket) {
				// It asks for nothing.
			}

		};
		say(connect(deaf, program((events) -> Flux.concat(events, TestApi.buffers(large + "\n").repeat()))),
				TestApi.INIT);
		this.lines.tryEmitComplete();
		await().atMost(20, TimeUnit.SECONDS).untilTrue(this.ended);
	}

	private WebSocket connect(Heard heard) throws Exception {
		return connect(heard, program(UnaryOperator.identity()));
	}

	private WebSocket connect(Heard heard, Executor executor) throws Exception {
		return connect(heard, TestApi.server(executor));
	}

	private WebSocket connect(Heard heard, LoopbackServer started) throws Exception {
		this.server = started;
		URI address = URI.create("ws://127.0.0.1:" + started.address().getPort() + "/api/v2/connect");
		return this.client.newWebSocketBuilder().buildAsync(address, heard).get(5, TimeUnit.SECONDS);
	}

	private Executor program(UnaryOperator<Flux<DataBuffer>> events) {
		return (execution) -> Mono.fromSupplier(() -> {
			this.executions.add(execution);
			Flux<DataBuffer> told = events.apply(this.lines.asFlux().flatMap((line) -> TestApi.buffers(line + "\n")));
			return Answer.dialogue(told.doFinally((signal) -> this.ended.set(true)), () -> this.ended.set(true),
					this.told);
		});
	}

	private void tell(String... told) {
		for (String line : told) {
			this.lines.tryEmitNext(line).orThrow();
		}
		if (told[told.length - 1].contains("\"end\"")) {
			this.lines.tryEmitComplete();
		}
	}

	private static void say(WebSocket socket, String message) throws Exception {
		socket.sendText(message, true).get(5, TimeUnit.SECONDS);
	}

}
