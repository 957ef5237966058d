package dev.sluice.adapter;

import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.execution.Ids;
import dev.sluice.http.LoopbackServer;
import io.netty.channel.ChannelFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.WebsocketServerSpec;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Conversations over a WebSocket that says what a Piston's was recorded to say.
 */
class PistonConversationTests {

	private static final String RUNTIME = "{\"type\":\"runtime\",\"language\":\"bash\",\"version\":\"5.2.15\"}";

	private static final String RUN = "{\"type\":\"stage\",\"stage\":\"run\"}";

	private static final String EXIT = "{\"type\":\"exit\",\"stage\":\"run\",\"code\":0,\"signal\":null}";

	/** What was to be said before a close is said by then. */
	private static final Duration SAID_WITHIN = Duration.ofMillis(200);

	private final Sinks.Many<String> says = Sinks.many().unicast().onBackpressureBuffer();

	private final Sinks.One<Integer> closes = Sinks.one();

	private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

	private final AtomicInteger open = new AtomicInteger();

	private final DisposableServer piston = HttpServer.create()
		.host("127.0.0.1")
		.port(0)
		.route((routes) -> routes.ws("/api/v2/connect", this::talk,
				WebsocketServerSpec.builder().maxFramePayloadLength(1 << 20).build()))
		.bindNow();

	private final URI address = URI.create("http://127.0.0.1:" + this.piston.port());

	private final LoopbackServer server = Adapters
		.serve(new PistonWorkshop(this.address, Adapters.settings("max-answer=10KB", "input=100B")));

	private final Caller caller = new Caller(this.server.address());

	private final String id = Ids.next();

	@AfterEach
	void nothingIsLeft() {
		await().atMost(5, TimeUnit.SECONDS).until(() -> this.open.get() == 0);
		this.caller.close();
		this.server.close();
		this.piston.disposeNow();
	}

	@Test
	void messagesArePassedOnBothWays() throws Exception {
		says(RUNTIME, "{\"type\":\"stage\",\"stage\":\"compile\"}",
				"{\"type\":\"exit\",\"stage\":\"compile\",\"code\":0,\"signal\":null}", RUN);
		try (Told told = converse()) {
			assertThat(told.header("Sluice-Capabilities")).isEqualTo("interactive");
			assertThat(told.next()).isEqualTo(RUNTIME);
			assertThat(told.next()).contains("compile");
			assertThat(told.next()).contains("\"exit\",\"stage\":\"compile\"");
			assertThat(told.next()).isEqualTo(RUN);
			assertThat(hears()).isEqualTo(Caller.bash("cat").replaceAll("}$", ",\"type\":\"init\"}"));
			assertThat(this.caller.input(this.id, 0, Caller.data("Hello\\n")).body()).isEqualTo("{\"next\":1}");
			assertThat(hears()).contains("\"type\":\"data\"", "\"stream\":\"stdin\"", "\"data\":\"Hello\\n\"");
			says("{\"type\":\"data\",\"stream\":\"stdout\",\"data\":\"got\"}",
					"{\"type\":\"data\",\"stream\":\"stderr\",\"data\":\"Hello\\n\"}", EXIT);
			assertThat(told.next()).isEqualTo("{\"type\":\"data\",\"stream\":\"stdout\",\"data\":\"got\"}");
			assertThat(told.next()).isEqualTo("{\"type\":\"data\",\"stream\":\"stderr\",\"data\":\"Hello\\n\"}");
			assertThat(told.next()).isEqualTo(EXIT);
			this.closes.tryEmitValue(4999).orThrow();
			assertThat(told.rest()).containsExactly("{\"type\":\"end\"}", Told.OVER);
		}
		assertThat(Caller.answer(this.caller.cancel(this.id)).statusCode()).isEqualTo(200);
	}

	@Test
	void whatComesBeforeItRunsIsHeldBack() throws Exception {
		says(RUNTIME);
		try (Told told = converse()) {
			told.next();
			assertThat(hears()).contains("init");
			assertThat(this.caller.input(this.id, 0, Caller.data("early")).body()).isEqualTo("{\"next\":1}");
			assertThat(this.heard.poll(300, TimeUnit.MILLISECONDS)).isNull();
			assertThat(this.caller.input(this.id, 1, Caller.data("x".repeat(100))).body()).isEqualTo("{\"next\":1}");
			says(RUN);
			assertThat(hears()).contains("early");
			assertThat(this.caller.input(this.id, 1, Caller.data("x".repeat(100))).body()).isEqualTo("{\"next\":2}");
			assertThat(hears()).contains("xxx");
		}
	}

	@Test
	void whatAPistonCannotDoIsNamed() throws Exception {
		says(RUNTIME, RUN);
		try (Told told = converse()) {
			told.next();
			for (String item : List.of("{\"type\":\"eof\"}", "{\"type\":\"signal\",\"signal\":\"SIGINT\"}")) {
				HttpResponse<String> refused = this.caller.input(this.id, 0, item);
				assertThat(refused.statusCode()).isEqualTo(501);
				assertThat(refused.body()).contains("A Piston runs this program", "\"code\":\"unsupported\"");
			}
		}
	}

	@Test
	void whatAPistonRefusesIsAPlainFailure() throws Exception {
		says("{\"type\":\"error\",\"message\":\"bash-9 runtime is unknown\"}");
		this.closes.tryEmitValue(4002).orThrow();
		try (Told told = converse()) {
			assertThat(told.status()).isEqualTo(400);
			assertThat(told.next()).isEqualTo("{\"message\":\"bash-9 runtime is unknown\"}");
		}
	}

	@Test
	void anErrorInTheMiddleIsTheLastLine() throws Exception {
		says(RUNTIME, "{\"type\":\"error\",\"message\":\"no job\"}");
		this.closes.tryEmitValue(4002).orThrow();
		try (Told told = converse()) {
			assertThat(told.next("error")).contains("no job", "engine-unavailable", "\"executed\":\"unknown\"");
			assertThat(told.next()).isEqualTo(Told.OVER);
		}
	}

	@Test
	void aWebSocketThatBreaksIsAnError() throws Exception {
		says(RUNTIME, RUN);
		try (Told told = converse()) {
			told.next();
			this.closes.tryEmitValue(0).orThrow();
			assertThat(told.next("error")).contains("engine-unavailable", "\"executed\":\"unknown\"");
			assertThat(told.next()).isEqualTo(Told.OVER);
		}
	}

	@Test
	void anotherCloseIsAnErrorToo() throws Exception {
		says(RUNTIME, RUN, EXIT);
		this.closes.tryEmitValue(1001).orThrow();
		try (Told told = converse()) {
			assertThat(told.next("error")).contains("1001", "engine-unavailable", "\"executed\":\"unknown\"");
		}
	}

	@Test
	void moreThanMayBeIsCutOff() throws Exception {
		says(RUNTIME, RUN);
		try (Told told = converse()) {
			for (int count = 0; count < 11; count++) {
				says("{\"type\":\"data\",\"stream\":\"stdout\",\"data\":\"" + "x".repeat(1000) + "\"}");
			}
			assertThat(told.next("error")).contains("sluice.adapter.max-answer", "\"executed\":\"yes\"");
			assertThat(told.next()).isEqualTo(Told.OVER);
		}
	}

	@Test
	void whoLeavesClosesTheWebSocket() throws Exception {
		says(RUNTIME, RUN);
		try (Told told = converse()) {
			told.next();
			assertThat(this.open).hasValue(1);
		}
		await().atMost(1, TimeUnit.SECONDS).until(() -> this.open.get() == 0);
	}

	@Test
	void whatTakesNoWebSocketIsNamed() throws Exception {
		LoopbackServer other = Adapters.serve(new PistonWorkshop(this.server.address(), Adapters.settings()));
		try (Caller called = new Caller(other.address());
				Told told = called.events(Caller.bash("cat"), "Sluice-Execution", this.id, "Sluice-Interactive",
						"true")) {
			assertThat(told.status()).isEqualTo(502);
			assertThat(told.next()).contains("takes no WebSocket", "\"executed\":\"no\"");
		}
		other.close();
	}

	private Mono<Void> talk(WebsocketInbound in, WebsocketOutbound out) {
		this.open.incrementAndGet();
		Mono<Void> listening = in.receive().asString().doOnNext(this.heard::add).then();
		Mono<Void> closing = this.closes.asMono().flatMap((code) -> close(in, out, code));
		Flux<Void> saying = this.says.asFlux().concatMap((line) -> out.sendString(Mono.just(line)).then());
		// A close that is sent ends what is heard, and must not be cancelled by that.
		Mono<Void> left = listening.then(Mono.delay(SAID_WITHIN)).then();
		return Mono.firstWithSignal(left, saying.then(), closing.delaySubscription(Mono.delay(SAID_WITHIN)))
			.doFinally((signal) -> this.open.decrementAndGet());
	}

	private static Mono<Void> close(WebsocketInbound in, WebsocketOutbound out, int code) {
		if (code == 0) {
			in.withConnection((connection) -> {
				ChannelFuture _ = connection.channel().close();
			});
			return Mono.never();
		}
		return out.sendClose(code, "over");
	}

	private void says(String... lines) {
		for (String line : lines) {
			this.says.tryEmitNext(line).orThrow();
		}
	}

	private String hears() throws InterruptedException {
		@Nullable String message = this.heard.poll(5, TimeUnit.SECONDS);
		assertThat(message).isNotNull();
		return String.valueOf(message);
	}

	private Told converse() throws Exception {
		return this.caller.events(Caller.bash("cat"), "Sluice-Execution", this.id, "Sluice-Interactive", "true");
	}

}
