package dev.sluice.load;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * A session pool that runs no programs: it prints what the load test's own would, after
 * the time that they would sleep, and is full past a number of them at once.
 */
final class StandInPool implements AutoCloseable {

	private static final Pattern WORD = Pattern.compile("tok-[0-9a-f]+");

	private static final Pattern SLEEP = Pattern.compile("sleep[( ]([0-9.]+)");

	private static final String FULL = """
			{"error":{"code":"TooManyRequests","message":"Error happened when allocating pod: no session left"}}""";

	private final Language language;

	private final int sessions;

	private final AtomicInteger running = new AtomicInteger();

	private final DisposableServer server;

	/**
	 * Starts it.
	 * @param language what its sessions run
	 * @param sessions how many of them there are
	 */
	StandInPool(Language language, int sessions) {
		this.language = language;
		this.sessions = sessions;
		this.server = HttpServer.create()
			.host("127.0.0.1")
			.port(0)
			.handle(this::answer)
			.bindNow(Duration.ofSeconds(10));
	}

	URI address() {
		return URI.create("http://127.0.0.1:" + this.server.port());
	}

	@Override
	public void close() {
		this.server.disposeNow(Duration.ofSeconds(10));
	}

	private Mono<Void> answer(HttpServerRequest request, HttpServerResponse response) {
		response.header("Content-Type", "application/json");
		if (request.uri().contains("/.management/")) {
			return request.receive().then(send(response, "{}"));
		}
		response.header("Sluice-Adapter", "1");
		if (request.uri().contains("/runtimes")) {
			return send(response, "[" + runtime() + ",\"aliases\":[]}]");
		}
		if (this.running.incrementAndGet() > this.sessions) {
			this.running.decrementAndGet();
			response.status(429).responseHeaders().remove("Sluice-Adapter");
			return request.receive().then(send(response, FULL));
		}
		String execution = request.requestHeaders().get("Sluice-Execution");
		if (execution != null) {
			response.header("Sluice-Execution", execution);
		}
		return request.receive()
			.aggregate()
			.asString()
			.delayUntil((program) -> Mono.delay(sleep(program)))
			.doFinally((end) -> this.running.decrementAndGet())
			.flatMap((program) -> send(response, verdict(program)));
	}

	private String verdict(String program) {
		Matcher word = WORD.matcher(program);
		String printed = word.find() ? word.group() : "";
		return "{\"run\":{\"stdout\":\"" + printed + "\\n\",\"stderr\":\"\",\"output\":\"" + printed
				+ "\\n\",\"code\":0,\"signal\":null}," + runtime().substring(1) + "}";
	}

	private String runtime() {
		return "{\"language\":\"" + Settings.word(this.language) + "\",\"version\":\"3.12.1\"";
	}

	private static Duration sleep(String program) {
		Matcher sleep = SLEEP.matcher(program);
		return sleep.find() ? Duration.ofMillis((long) (1000 * Double.parseDouble(sleep.group(1)))) : Duration.ZERO;
	}

	private static Mono<Void> send(HttpServerResponse response, String body) {
		return response.sendString(Mono.just(body)).then();
	}

}
