package dev.sluice.adapter;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an adapter tells in lines, while it tells it. Closing it closes the connection.
 */
final class Told implements AutoCloseable {

	/** In place of a line: the answer ended as it should. */
	static final String OVER = "(over)";

	/** In place of a line: the answer broke. */
	static final String BROKEN = "(broken)";

	private final HttpResponse<InputStream> response;

	private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

	Told(HttpResponse<InputStream> response) {
		this.response = response;
		Thread.ofPlatform().daemon().name("told").start(this::read);
	}

	int status() {
		return this.response.statusCode();
	}

	String header(String name) {
		return this.response.headers().firstValue(name).orElse("");
	}

	/** The next line, or its end. */
	String next() throws InterruptedException {
		String line = this.lines.poll(20, TimeUnit.SECONDS);
		assertThat(line).as("a line in time").isNotNull();
		return String.valueOf(line);
	}

	/** The next line of a type; those before it are left out. */
	String next(String type) throws InterruptedException {
		String line = next();
		while (!line.startsWith("{\"type\":\"" + type + "\"")) {
			assertThat(line).isNotIn(OVER, BROKEN);
			line = next();
		}
		return line;
	}

	/** All lines that are left, with the end. */
	List<String> rest() throws InterruptedException {
		List<String> rest = new ArrayList<>();
		do {
			rest.add(next());
		}
		while (!rest.getLast().equals(OVER) && !rest.getLast().equals(BROKEN));
		return rest;
	}

	@Override
	public void close() throws IOException {
		this.response.body().close();
	}

	private void read() {
		try (BufferedReader reader = new BufferedReader(
				new InputStreamReader(this.response.body(), StandardCharsets.UTF_8))) {
			reader.lines().forEach(this.lines::add);
			this.lines.add(OVER);
		}
		catch (IOException | RuntimeException ex) {
			this.lines.add(BROKEN);
		}
	}

}
