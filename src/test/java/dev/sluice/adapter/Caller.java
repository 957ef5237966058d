package dev.sluice.adapter;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Calls an adapter over real connections.
 */
final class Caller implements AutoCloseable {

	private static final Duration WITHIN = Duration.ofSeconds(20);

	private final URI adapter;

	private final HttpClient http = HttpClient.newHttpClient();

	Caller(URI adapter) {
		this.adapter = adapter;
	}

	/** The request body of a bash program. */
	static String bash(String code) {
		return "{\"language\":\"bash\",\"version\":\"*\",\"files\":[{\"content\":\"" + code + "\"}]}";
	}

	/** Asks for an execution; the headers are names and values. */
	CompletableFuture<HttpResponse<String>> execute(String body, String... headers) {
		HttpRequest.Builder request = request("/execute").header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(body));
		return send((headers.length > 0) ? request.headers(headers) : request);
	}

	/** Asks for an execution's events; the headers are names and values. */
	Told events(String body, String... headers) throws Exception {
		HttpRequest.Builder request = request("/execute").header("Content-Type", "application/json")
			.header("Accept", "application/x-ndjson")
			.POST(BodyPublishers.ofString(body));
		HttpRequest made = ((headers.length > 0) ? request.headers(headers) : request).build();
		return new Told(this.http.sendAsync(made, BodyHandlers.ofInputStream()).get(20, TimeUnit.SECONDS));
	}

	CompletableFuture<HttpResponse<String>> runtimes() {
		return send(request("/api/v2/runtimes"));
	}

	/** Feeds an interactive execution; the items are JSON. */
	HttpResponse<String> input(String id, long from, String... items) throws Exception {
		return answer(feed(id, from, items));
	}

	CompletableFuture<HttpResponse<String>> feed(String id, long from, String... items) {
		return send(request("/sluice/executions/" + id + "/input").header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString("{\"from\":" + from + ",\"input\":[" + String.join(",", items) + "]}")));
	}

	/** An item of input. */
	static String data(String text) {
		return "{\"type\":\"data\",\"data\":\"" + text + "\"}";
	}

	/** Cancels an execution, with a request that has neither body nor type. */
	CompletableFuture<HttpResponse<String>> cancel(String id) {
		return send(request("/sluice/executions/" + id + "/cancel").POST(BodyPublishers.noBody()));
	}

	/** Asks for an execution on a connection that can be closed. */
	Socket leave(String body, String... headers) throws IOException {
		StringBuilder head = new StringBuilder("POST /execute HTTP/1.1\r\nHost: 127.0.0.1\r\n");
		head.append("Content-Type: application/json\r\nContent-Length: ").append(body.length()).append("\r\n");
		for (int index = 0; index < headers.length; index += 2) {
			head.append(headers[index]).append(": ").append(headers[index + 1]).append("\r\n");
		}
		Socket socket = new Socket(this.adapter.getHost(), this.adapter.getPort());
		socket.getOutputStream().write((head + "\r\n" + body).getBytes(StandardCharsets.UTF_8));
		return socket;
	}

	static HttpResponse<String> answer(CompletableFuture<HttpResponse<String>> call) throws Exception {
		return call.get(WITHIN.toSeconds(), TimeUnit.SECONDS);
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(this.adapter.resolve(path)).timeout(WITHIN);
	}

	private CompletableFuture<HttpResponse<String>> send(HttpRequest.Builder request) {
		return this.http.sendAsync(request.build(), BodyHandlers.ofString());
	}

	@Override
	public void close() {
		this.http.shutdownNow();
	}

}
